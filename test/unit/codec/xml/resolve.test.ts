import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { resolve, type Space } from '../../../../src/codec/xml/resolve.ts'

/** The same in the words of the specification, one rule after the other. */
function asSpecified(text: string, space: Space): string {
  const spaced = space === 'lines' ? text.replace(/\r\n?/g, '\n') : text.replace(/\r\n|[\t\n\r]/g, ' ')
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
  const resolved = spaced.replace(/&(#x?)?([^;]+);/g, (_, number, name) =>
    number === undefined
      ? (named[name] as string)
      : String.fromCodePoint(Number.parseInt(name, number === '#' ? 10 : 16)),
  )
  return space === 'tokens' ? resolved.replace(/ +/g, ' ').replace(/^ | $/g, '') : resolved
}

function resolved(text: string, space: Space): string {
  const bytes = Buffer.from(`<${text}<`)
  return resolve(bytes, 1, bytes.length - 1, space, true)
}

const piece = fc.oneof(
  fc.constantFrom('\r', '\n', '\r\n', '\t', ' ', '  ', 'a', 'é', '€', '😀'),
  fc.constantFrom('&amp;', '&lt;', '&gt;', '&quot;', '&apos;', '&#13;', '&#xA;', '&#x09;', '&#32;', '&#00065;'),
  fc.integer({ min: 0x20, max: 0xd7ff }).map((code) => `&#${code};`),
  fc.integer({ min: 0xe000, max: 0x10ffff }).map((code) => `&#x${code.toString(16).padStart(8, '0')};`),
  fc.integer({ min: 0xa0, max: 0xfff }).map((code) => `&#x${code.toString(16).toUpperCase()};`),
)

test.each<Space>(['lines', 'spaces', 'tokens'])('%s: what the specification says', (space) => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join('')
      expect(resolved(text, space)).toBe(asSpecified(text, space))
    }),
    { numRuns: 2_000 },
  )
})

test('a reference to a line end is none of the document', () => {
  expect(resolved('a&#13;\r\n&#10;b', 'lines')).toBe('a\r\n\nb')
  expect(resolved('a&#13;\r\n&#9;b', 'spaces')).toBe('a\r \tb')
})

test('a text that is longer than most is resolved as well', () => {
  expect(resolved('&amp;é\r\n'.repeat(5_000), 'lines')).toBe('&é\n'.repeat(5_000))
})

test('without references an ampersand is one', () => {
  expect(resolve(Buffer.from('a & b;\r\n'), 0, 8, 'lines', false)).toBe('a & b;\n')
})
