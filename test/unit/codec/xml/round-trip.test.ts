import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { OUTPUT_CHARSETS, type OutputCharset, xmlDecoder, xmlEncoder } from '../../../../src/codec/xml/index.ts'
import { saxesAccepts } from '../../support/xml.ts'
import { documents, type Sample } from '../../support/xml-schemas.ts'

const name = { local: 'root', ns: 'urn:root' }

/** Schemas that the walk refuses, since two of their properties would stand in one place, are no samples. */
function isRefused({ schema }: Sample): boolean {
  try {
    xmlDecoder(schema)
    xmlEncoder(schema, name)
    return false
  } catch (error) {
    if (error instanceof TypeError && error.message.includes('stands in the same place')) return true
    throw error
  }
}

const sample = documents.filter((each) => !isRefused(each))

test('what is written by a schema is well-formed, and read by it to what it was', () => {
  const pairs = sample.chain((each) =>
    fc.tuple(fc.constant(each), fc.array(each.values, { minLength: 1, maxLength: 3 })),
  )
  fc.assert(
    fc.property(pairs, ([{ schema }, values]) => {
      const [encode, decode] = [
        xmlEncoder(schema, name),
        xmlDecoder(schema, { root: 'root', namespaces: ['urn:root'] }),
      ]
      for (const value of values) {
        const text = String(encode(schema.parse(value)).body)
        expect([text, saxesAccepts(text)]).toEqual([text, true])
        expect(schema.parse(decode(Buffer.from(text), undefined))).toEqual(value)
        // Where comments stand, and how a number of texts come in pieces, changes nothing.
        const commented = text
          .slice(text.indexOf('\n'))
          .trimStart()
          .replace(/<[^>]*>/g, '<!-- - -->$&<?p ?>')
        expect(schema.parse(decode(Buffer.from(commented), undefined))).toEqual(value)
      }
    }),
    { numRuns: 400 },
  )
})

test('in whatever encoding it is written', () => {
  const pairs = sample.chain((each) => fc.tuple(fc.constant(each), each.values, fc.constantFrom(...OUTPUT_CHARSETS)))
  fc.assert(
    fc.property(pairs, ([{ schema }, value, charset]) => {
      const written = encodedIn(charset, () => xmlEncoder(schema, name, { charset })(schema.parse(value)))
      fc.pre(written !== undefined)
      const { body, contentType } = written as { body: Buffer; contentType: string }
      for (const type of [contentType, undefined])
        expect(schema.parse(xmlDecoder(schema)(Buffer.from(body), type))).toEqual(value)
    }),
    { numRuns: 150 },
  )
})

/** Undefined for a document with a name that the encoding does not have. */
function encodedIn<T>(charset: OutputCharset, encode: () => T): T | undefined {
  try {
    return encode()
  } catch (error) {
    if (charset !== 'utf-8' && error instanceof TypeError && error.message.startsWith('a name has')) return undefined
    throw error
  }
}
