import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import {
  OUTPUT_CHARSETS,
  type OutputCharset,
  vocabulary as xml,
  xmlDecoder,
  xmlEncoder,
} from '../../../../src/codec/xml/index.ts'
import { encodeDocument } from '../../../../src/codec/xml/output-charset.ts'

const schema = z.object({ a: xml.attr(z.string()), x: z.array(z.string()), d: xml.embedded(z.string(), 'e') })
const value = { a: 'é"\'>Ł😀', x: ['Łódź', 'é', '😀&', `it's "so" > that`], d: 'Ł < é' }

function encoded(charset: OutputCharset, name = 'r'): { bytes: Buffer; contentType: string } {
  const { body, contentType } = xmlEncoder(schema, { local: name, ns: 'urn:é' }, { charset })(value)
  return { bytes: Buffer.from(body as string), contentType }
}

describe.each(OUTPUT_CHARSETS)('a document in %s', (charset) => {
  test('says so in its declaration and in its Content-Type, and is read again by either', () => {
    const { bytes, contentType } = encoded(charset)
    const label = charset === 'utf-16le' ? 'utf-16' : charset
    expect(contentType).toBe(`application/xml; charset=${label}`)
    const text = bytes.toString(charset === 'utf-16le' ? 'utf16le' : 'latin1')
    expect(text.replace('\ufeff', '').startsWith(`<?xml version="1.0" encoding="${label.toUpperCase()}"?>\n<r `)).toBe(
      true,
    )
    const decode = xmlDecoder(schema)
    expect(decode(bytes, contentType)).toEqual(value)
    expect(decode(bytes, 'application/xml')).toEqual(value)
  })

  test('has no other bytes than its own', () => {
    const { bytes } = encoded(charset)
    if (charset === 'us-ascii') expect(bytes.every((byte) => byte < 0x80)).toBe(true)
    if (charset === 'utf-16le') expect([bytes[0], bytes[1], bytes.length % 2]).toEqual([0xff, 0xfe, 0])
    if (charset === 'iso-8859-1') expect(bytes.includes(0xe9)).toBe(true)
  })
})

describe('what an encoding does not have is a reference', () => {
  test.each<[OutputCharset, string]>([
    [
      'us-ascii',
      `<r xmlns="urn:&#233;" a="&#233;&quot;'&gt;&#321;&#128512;"><x>&#321;&#243;d&#378;</x><x>&#233;</x><x>&#128512;&amp;</x>`,
    ],
    [
      'iso-8859-1',
      `<r xmlns="urn:é" a="é&quot;'&gt;&#321;&#128512;"><x>&#321;ód&#378;</x><x>é</x><x>&#128512;&amp;</x>`,
    ],
  ])('in %s', (charset, expected) => {
    expect(encoded(charset).bytes.toString('latin1')).toContain(expected)
  })
})

describe('a name that an encoding does not have', () => {
  test.each<[OutputCharset, z.ZodType, unknown]>([
    ['us-ascii', z.object({ größe: z.string() }), { größe: '1' }],
    ['us-ascii', z.object({ größe: xml.attr(z.string()) }), { größe: '1' }],
    ['iso-8859-1', z.object({ ł: z.string() }), { ł: '1' }],
    ['iso-8859-1', z.object({ a: xml.attr(z.string()), ł: xml.attr(z.string()) }), { a: '>"', ł: '1' }],
    ['us-ascii', z.record(z.string(), z.string()), { größe: '1' }],
  ])('is refused in %s', (charset, names, named) => {
    expect(() => xmlEncoder(names, { local: 'r', ns: '' }, { charset })(named)).toThrow(
      'a name has a character that the encoding of the document does not have',
    )
  })

  test('is written where the encoding has it', () => {
    const names = z.object({ größe: z.string() })
    const { body } = xmlEncoder(names, { local: 'straße', ns: '' }, { charset: 'iso-8859-1' })({ größe: 'ł' })
    expect(body.toString('latin1')).toContain('<straße><größe>&#322;</größe></straße>')
  })
})

test.each(OUTPUT_CHARSETS)('as much text as there may be takes no more than its length in %s', (charset) => {
  const text = `<r a="${'Ł"'.replace('"', '&quot;').repeat(200_000)}">${"Ł' ".repeat(200_000)}</r>`
  const before = performance.now()
  expect(encodeDocument(text, charset).length).toBeGreaterThan(200_000)
  expect(performance.now() - before).toBeLessThan(2_000)
})
