// What a reader remembers of one document for the next one: it may make it faster, and must never change what is read.
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { z } from 'zod'
import { vocabulary as xml, xmlDecoder } from '../../../../src/codec/xml/index.ts'
import { complaint } from '../../support/xml.ts'

const schema = z.object({
  one: xml.element(z.array(z.string()), { name: 'x', ns: 'urn:1' }),
  two: xml.element(z.array(z.string()), { name: 'x', ns: 'urn:2' }),
  attribute: xml.attr(z.string().optional(), { name: 'x', ns: 'urn:1' }),
  inner: xml.element(z.object({ y: xml.element(z.string().optional(), { ns: 'urn:2' }) }).optional(), { ns: '*' }),
})

const outcome = (decode: ReturnType<typeof xmlDecoder>, document: string) => attempt(decode, Buffer.from(document))

function attempt(decode: ReturnType<typeof xmlDecoder>, document: Buffer): unknown {
  try {
    return decode(document, undefined)
  } catch (error) {
    return String(error)
  }
}

describe('namespaces', () => {
  const uri = fc.constantFrom(
    'urn:1',
    'urn:2',
    'urn:3',
    '',
    'urn:&#49;',
    ' urn:1',
    'http://www.w3.org/XML/1998/namespace',
  )
  const prefix = fc.constantFrom('xmlns', 'xmlns:p', 'xmlns:q', 'xmlns:xml', 'xmlns:pp')
  const quote = fc.constantFrom('"', "'")
  const declaration = fc.tuple(prefix, uri, quote).map(([name, value, mark]) => ` ${name}=${mark}${value}${mark}`)
  const declarations = fc.array(declaration, { maxLength: 4 }).map((list) => list.join(''))
  const element = fc.constantFrom('<x>a</x>', '<p:x>b</p:x>', '<q:x>c</q:x>', '<pp:x/>', '<p:x p:x="1"/>', '<y/>')
  const content = fc.array(element, { maxLength: 5 }).map((list) => list.join(''))
  const document = fc
    .tuple(declarations, content, declarations, fc.constantFrom('', '<p:y>1</p:y>', '<y>2</y>'), content)
    .map(([outer, first, inner, y, last]) => `<r${outer} p:x="at">${first}<inner${inner}>${y}</inner>${last}</r>`)

  test('hold for their document alone, however often they are declared', () => {
    fc.assert(
      fc.property(fc.array(document, { minLength: 2, maxLength: 6 }), (documents) => {
        const decode = xmlDecoder(schema)
        for (const each of [...documents, ...documents])
          expect(outcome(decode, each)).toEqual(outcome(xmlDecoder(schema), each))
      }),
      { numRuns: 500 },
    )
  })

  test('that were declared well are no less checked when they are declared badly', () => {
    const decode = xmlDecoder(z.object({}))
    const good = '<p:r xmlns:p="urn:1" xmlns:q="urn:2"/>'
    decode(Buffer.from(good), undefined)
    expect(outcome(decode, '<p:r xmlns:p="urn:1" xmlns:p="urn:1"/>')).toContain('two attributes of one element')
    expect(outcome(decode, '<p:r xmlns:p="urn:1"xmlns:q="urn:2"/>')).toContain('white space was expected')
    expect(outcome(decode, '<p:r xmlns:p="urn:1')).toContain('does not end')
    expect(outcome(decode, `<p:r xmlns:p='urn:1" xmlns:q="urn:2"/>`)).toContain('does not end')
    expect(outcome(decode, good)).toEqual({})
  })

  test('are those of their encoding', () => {
    const schema = z.object({ e: xml.element(z.string().optional(), { ns: 'urn:x' }) })
    const decode = xmlDecoder(schema)
    const declaration = '<?xml version="1.0" encoding="ISO-8859-1"?>'
    const latin = (text: string) => Buffer.from(declaration + text, 'latin1')
    for (const letter of ['é', 'ķ']) {
      const bytes = Buffer.from(letter).toString('latin1')
      const documents = [
        Buffer.from(`<r xmlns:${letter}="urn:x"><${letter}:e>v</${letter}:e></r>`),
        latin(`<r xmlns:${bytes}="urn:x"><${bytes}:e>v</${bytes}:e></r>`),
        latin(`<r xmlns:${bytes}="urn:x"><e xmlns="urn:x">v</e></r>`),
      ]
      const fresh = documents.map((each) => attempt(xmlDecoder(schema), each))
      expect(documents.map((each) => attempt(decode, each))).toEqual(fresh)
      expect([...documents].reverse().map((each) => attempt(decode, each))).toEqual([...fresh].reverse())
    }
  })

  test('of thousands of kinds are read as well', () => {
    const decode = xmlDecoder(schema)
    for (let kind = 0; kind < 2_000; kind++) {
      const text = `<r xmlns:a${kind % 300}="urn:${kind}" xmlns:p="urn:1"><p:x>${kind}</p:x></r>`
      expect(outcome(decode, text)).toEqual({ one: [`${kind}`], two: [] })
    }
  })

  test('that the DOCTYPE makes something else of are not taken for those that it does not', () => {
    const decode = xmlDecoder(schema)
    const root = '<r xmlns:p=" urn:1 "><p:x>1</p:x></r>'
    const doctype = '<!DOCTYPE r [<!ATTLIST r xmlns:p NMTOKEN #IMPLIED>]>'
    const expected = [
      { one: [], two: [] },
      { one: ['1'], two: [] },
    ]
    for (let round = 0; round < 3; round++)
      expect([outcome(decode, root), outcome(decode, doctype + root)]).toEqual(expected)
  })
})

test('a declaration that is cut off is not remembered as the start of one', () => {
  for (const cut of ['<?xml version="1.0', '<?xml version="1.0" encoding="utf-8"', '<?xml '])
    expect(complaint(cut)).toContain('an XML declaration must say')
  expect(complaint('<?xml version="1.0" encoding="utf-8"?><r/>')).toBe('accepted')
})

describe('texts', () => {
  test('are themselves wherever in a document they stand', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 30, unit: fc.constantFrom('a', 'b', ' ', 'é', '€', '\n') }),
      fc.integer({ min: 3_000, max: 9_000 }).map((length) => 'abcdefghij'.repeat(length / 10)),
    )
    fc.assert(
      fc.property(fc.array(text, { maxLength: 40 }), fc.array(text, { maxLength: 5 }), (texts, attributes) => {
        const decode = xmlDecoder(
          z.object({ t: z.array(z.string()), o: z.array(z.object({ a: xml.attr(z.string()) })) }),
        )
        const objects = attributes.map((value) => `<o a="${value}"/>`)
        expect(
          outcome(decode, `<r>${texts.map((value) => `<t>${value}</t>`).join('')}${objects.join('')}</r>`),
        ).toEqual({
          t: texts,
          o: attributes.map((value) => ({ a: value.replaceAll('\n', ' ') })),
        })
      }),
      { numRuns: 300 },
    )
  })
})
