import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { z } from 'zod'
import { vocabulary as xml, xmlDecoder, xmlEncoder } from '../../../../src/codec/xml/index.ts'
import { failureOf } from '../../support/failure.ts'
import { misshapen, read, refusedAt } from '../../support/xml.ts'

const schema = z.object({ file: xml.bytes(), more: z.array(xml.bytes()), a: xml.attr(xml.bytes()).optional() })
const XOP = 'http://www.w3.org/2004/08/xop/include'

describe('bytes in base64', () => {
  test.each<[string, number[]]>([
    ['', []],
    ['AA==', [0]],
    ['AQI=', [1, 2]],
    ['AQID', [1, 2, 3]],
    ['+/+/', [251, 255, 191]],
    [' AQ\n\tI= ', [1, 2]],
    ['<![CDATA[AQ]]>I=', [1, 2]],
    ['AQ&#x49;=', [1, 2]],
  ])('%j', (content, values) => {
    expect(read(schema, `<r><file>${content}</file><more>${content}</more></r>`)).toEqual({
      ...{ file: Uint8Array.from(values), more: [Uint8Array.from(values)] },
    })
  })

  test.each(['A', 'AQ', 'AQI', 'A===', 'AQ=I', 'AQI=AQI=', 'AQ-_', 'AQ I=x', 'é'])(
    '%j is refused with the path',
    (content) => {
      expect(
        refusedAt(z.object({ o: z.object({ file: xml.bytes() }) }), `<r><o><file>${content}</file></o></r>`),
      ).toEqual(['o.file'])
    },
  )

  test('are written and read again, also of a part of a buffer', () => {
    const write = xmlEncoder(schema, { local: 'r', ns: '' })
    fc.assert(
      fc.property(fc.uint8Array(), fc.array(fc.uint8Array(), { maxLength: 3 }), fc.uint8Array(), (file, more, a) => {
        const { body } = write({ file: Buffer.from(file), more, a: Buffer.concat([a, a]).subarray(a.length) })
        expect(read(schema, String(body))).toEqual({ file, more, a })
      }),
    )
  })
})

describe('bytes in another part of the message', () => {
  const binary = Buffer.from([0, 13, 10, 45, 45, 255])
  const message = (root: string, ...parts: [string, Buffer][]) =>
    Buffer.concat([
      Buffer.from(`--b\r\nContent-Type: application/xop+xml; charset=utf-8\r\nContent-ID: <root>\r\n\r\n${root}\r\n`),
      ...parts.flatMap(([id, bytes]) => [
        Buffer.from(`--b\r\nContent-Type: application/octet-stream\r\nContent-ID: <${id}>\r\n\r\n`),
        bytes,
        Buffer.from('\r\n'),
      ]),
      Buffer.from('--b--\r\n'),
    ])
  const include = (href: string, more = '') => `<x:Include xmlns:x="${XOP}" href="${href}"${more}/>`
  const type = 'multipart/related; boundary=b; type="application/xop+xml"; start="<root>"'
  const one = z.object({ file: xml.bytes() })
  const decode = xmlDecoder(one)
  const decoded = (root: string, ...parts: [string, Buffer][]) =>
    decode(message(root, ...parts), type) as { file: Buffer }

  test.each([
    include('cid:one@x'),
    `\n  ${include('CID:one@x', ' other="1"')}\n`,
    include('cid:one%40x'),
    `<x:Include xmlns:x="${XOP}" href="cid:one@x"><!-- --><y/></x:Include>`,
  ])('are those that %s names', (content) => {
    const { file } = decoded(`<r><file>${content}</file></r>`, ['other', Buffer.from('x')], ['one@x', binary])
    expect(Buffer.compare(file, binary)).toBe(0)
    expect(one.parse({ file }).file).toBe(file)
  })

  test('whose address has a stray percent sign', () => {
    expect(decoded(`<r><file>${include('cid:50%')}</file></r>`, ['50%', binary]).file).toEqual(binary)
  })

  test('are missed where the message does not have them', () => {
    for (const content of [include('cid:nope'), `<x:Include xmlns:x="${XOP}"/>`, include(`cid:${'%'.repeat(100_000)}`)])
      expect(failureOf(() => decoded(`<r><file>${content}</file></r>`)).message).toBe(
        'file: the part of the message that it names is not there',
      )
    expect(misshapen(one, `<r><file>${include('cid:one')}</file></r>`)).toContain('is not there')
  })

  test('an address that goes on and on is no harder than any other', () => {
    const href = `cid:${'a'.repeat(3_000_000)}`
    const options = { slicedAbove: Number.MAX_SAFE_INTEGER }
    expect(
      failureOf(() => xmlDecoder(one, options)(Buffer.from(`<r><file>${include(href)}</file></r>`), undefined)).code,
    ).toBe('backend-shape')
  })

  test('an element of another namespace is no such name', () => {
    expect(misshapen(one, '<r><file><Include href="cid:one"/></file></r>')).toBe(
      'file: text was expected, and there are elements',
    )
  })
})
