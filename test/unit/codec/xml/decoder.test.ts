import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { vocabulary as xml, xmlDecoder } from '../../../../src/codec/xml/index.ts'
import { isFacetError } from '../../../../src/errors.ts'
import { CancelToken } from '../../../../src/lib/cancel.ts'
import { failureOf, rejectionOf } from '../../support/failure.ts'

const item = z.object({
  id: xml.attr(z.string()),
  names: z.array(z.string()),
  sub: z.object({ n: z.number() }).optional(),
})
const schema = z.object({ item: z.array(item), mixed: xml.mixed({ b: z.string() }), bytes: xml.bytes().optional() })
const good = Buffer.from(
  '<r><item id="1"><names>a</names><sub><n>1</n></sub></item><item id="2"/>text<b>bold</b><bytes>AQI=</bytes></r>',
)
const expected = {
  item: [
    { id: '1', names: ['a'], sub: { n: 1 } },
    { id: '2', names: [] },
  ],
  mixed: ['text', { name: 'b', value: 'bold' }],
  bytes: Uint8Array.of(1, 2),
}

describe('a decoder', () => {
  test('reads one document like the other, and gives values that share nothing', () => {
    const decode = xmlDecoder(schema)
    const [first, second] = [decode(good, undefined), decode(good, undefined)] as [typeof expected, typeof expected]
    expect(first).toEqual(expected)
    expect(second).toEqual(expected)
    first.item.push({ id: '3', names: [] })
    first.item[0]?.names.push('more' as never)
    first.mixed.length = 0
    first.bytes[0] = 9
    expect(second).toEqual(expected)
    expect(decode(good, undefined)).toEqual(expected)
  })

  test('does not keep the bytes that it was given, nor look at them later', () => {
    const decode = xmlDecoder(schema)
    const bytes = Buffer.from(good)
    const value = decode(bytes, undefined)
    bytes.fill(0)
    expect(value).toEqual(expected)
  })

  test('reads bytes that begin anywhere in their memory', () => {
    const decode = xmlDecoder(schema)
    for (let offset = 0; offset < 9; offset++) {
      const around = Buffer.concat([Buffer.from('<'.repeat(offset)), good, Buffer.from('/r></r>')])
      expect(decode(around.subarray(offset, offset + good.length), undefined)).toEqual(expected)
    }
  })

  test.each<[string, string | Buffer, string | undefined]>([
    ['is empty', '', undefined],
    ['ends early', '<r><item id="1"><names>a</names><sub><n>1', undefined],
    ['ends within a tag', '<r><item id="1" ', undefined],
    ['ends after half of an empty element', '<r><item id="1"/', undefined],
    ['is broken deep inside', `<r>${'<x xmlns:p="u" xmlns="v">'.repeat(100)}</y>`, undefined],
    ['is broken after its end', `${good}x`, undefined],
    ['has another shape', '<r><item id="1"><sub><n><o/></n></sub></item></r>', undefined],
    ['has two where one is expected', '<r><item id="1"><sub/><sub/></item></r>', undefined],
    ['is not in its encoding', Buffer.from([0x3c, 0xff]), undefined],
    ['is in an encoding that nobody knows', good, 'text/xml; charset=x'],
    ['is too deep', '<r>'.repeat(600), undefined],
    ['has a bad entity in a list', '<r><item id="1"/><item id="&x;"/></r>', undefined],
    ['has a bad DOCTYPE', '<!DOCTYPE r [<!ATTLIST item id ID #IMPLIED><!ENTITY x "y">]><r/>', undefined],
    ['is broken within text that is kept', '<r>text &', undefined],
    ['is a multipart message without an end', '--x\r\n\r\n<r/>', 'multipart/related; boundary=x'],
  ])('that failed on a document that %s reads the next one', (_, document, contentType) => {
    const decode = xmlDecoder(schema)
    for (let times = 0; times < 3; times++) {
      expect(['backend-malformed', 'backend-shape']).toContain(
        failureOf(() => decode(Buffer.from(document as string), contentType)).code,
      )
      expect(decode(good, undefined)).toEqual(expected)
    }
  })

  test('may be asked again while it reads: by what makes a document of the text of another', () => {
    const inner = z.object({ a: z.string() })
    const twice = z.object({ first: xml.embedded(inner), second: xml.embedded(inner), a: z.string() })
    const decode = xmlDecoder(twice)
    const text = (name: string, value: string) => `<${name}><![CDATA[<x><a>${value}</a></x>]]></${name}>`
    for (let times = 0; times < 2; times++)
      expect(decode(Buffer.from(`<r>${text('first', '1')}<a>2</a>${text('second', '3')}</r>`), undefined)).toEqual({
        ...{ first: { a: '1' }, a: '2', second: { a: '3' } },
      })
  })

  test('may be asked again by a transform that it leads to', () => {
    const nested: z.ZodType = z.object({
      name: z.string(),
      inner: z
        .string()
        .optional()
        .transform((text) => (text ? nested.parse(decode(Buffer.from(text), undefined)) : undefined)),
    })
    const decode = xmlDecoder(nested)
    const wrap = (name: string, inner: string) =>
      `<r><name>${name}</name><inner>${inner.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</inner></r>`
    expect(nested.parse(decode(Buffer.from(wrap('1', wrap('2', wrap('3', '')))), undefined))).toEqual({
      name: '1',
      inner: { name: '2', inner: { name: '3', inner: undefined } },
    })
  })
})

describe('a document that is read in slices', () => {
  test('is read to the same value, or refused in the same words', async () => {
    const whole = xmlDecoder(schema)
    const sliced = xmlDecoder(schema, { slicedAbove: 10 })
    const promise = sliced(good, undefined)
    expect(promise).toBeInstanceOf(Promise)
    expect(await promise).toEqual(expected)
    for (const text of [
      '<r><item id="1"/>\n<item',
      '<r><item id="1"><sub/><sub/></item></r>',
      '<r>&x;</r>'.padEnd(20),
    ]) {
      const bytes = Buffer.from(text)
      const failure = await rejectionOf(sliced(bytes, undefined) as Promise<unknown>)
      const { code, message } = failureOf(() => whole(bytes, undefined))
      expect([failure.code, failure.message]).toEqual([code, message])
    }
  })

  test('is read beside others with the same decoder, however long each of them is', async () => {
    const list = z.object({ entry: z.array(z.object({ name: z.string(), other: z.string() })) })
    const decode = xmlDecoder(list, { slicedAbove: 10 })
    // Each has its names in another order and with other prefixes, so that what one has met does not suit the other.
    const documents = Array.from({ length: 6 }, (_, index) => {
      const prefix = index % 2 === 0 ? '' : `p${index}:`
      const parts = [`<${prefix}name>${index}</${prefix}name>`, `<${prefix}other>x</${prefix}other>`]
      const entry = `<${prefix}entry>${index % 3 === 0 ? parts.join('') : parts.toReversed().join('')}</${prefix}entry>`
      return `<${prefix}r${prefix === '' ? '' : ` xmlns:p${index}="urn:u"`}>${entry.repeat(3_000 * (index + 1))}</${prefix}r>`
    })
    const values = await Promise.all(documents.map((document) => decode(Buffer.from(document), undefined)))
    for (const [index, value] of values.entries()) {
      const { entry } = value as z.output<typeof list>
      expect(entry).toHaveLength(3_000 * (index + 1))
      expect(entry.every(({ name, other }) => name === String(index) && other === 'x')).toBe(true)
    }
  })

  test('can be given up', async () => {
    const token = new CancelToken()
    const decode = xmlDecoder(schema, { slicedAbove: 10 })
    const long = Buffer.from(`<r>${'<item id="1"/>'.repeat(400_000)}</r>`)
    const reading = decode(long, undefined, token) as Promise<unknown>
    const reason = new Error('enough')
    setTimeout(() => token.cancel(reason), 5)
    await expect(reading).rejects.toBe(reason)
    expect(isFacetError(reason)).toBe(false)
  })
})
