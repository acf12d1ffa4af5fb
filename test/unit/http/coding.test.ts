import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { acceptedCodings, codedEtag, encode } from '../../../src/http/coding.ts'

describe('the codings that are better than none', () => {
  test.each<[string | undefined, string[]]>([
    [undefined, []],
    ['', []],
    ['identity', []],
    ['deflate, zstd', []],
    ['gzip', ['gzip']],
    ['br', ['br']],
    ['BR, GZip', ['br', 'gzip']],
    ['x-gzip', ['gzip']],
    ['gzip, deflate, br, zstd', ['br', 'gzip']],
    ['gzip;q=0.8, br;q=0.8', ['br', 'gzip']],
    ['gzip, br;q=0.9', ['gzip', 'br']],
    ['br;q=0, gzip', ['gzip']],
    ['br; q=0.000 , gzip;q=0.001', ['gzip']],
    ['br;Q=0', []],
    ['*', ['br', 'gzip']],
    ['*;q=0', []],
    ['br, *;q=0', ['br']],
    ['*, br;q=0', ['gzip']],
    ['*;q=0.1, gzip;q=0.5', ['gzip', 'br']],
    ['identity;q=0', []],
    ['identity;q=0, br;q=0, *', ['gzip']],
    ['identity;q=0.5, gzip;q=0.5', ['gzip']],
    ['identity, gzip;q=0.5', []],
    ['br, identity;q=0.5, gzip;q=0.4', ['br']],
    ['br;q=0.3, *;q=0.2, identity;q=0.25', ['br']],
    ['gzip;q=nonsense, br', ['br']],
    [',,;=,"', []],
    [`gzip, ${'a'.repeat(300)}`, []],
  ])('of %j', (header, codings) => {
    for (let time = 0; time < 2; time++) expect(acceptedCodings(header)).toEqual(codings)
  })

  test('are read once from a header, and the headers that are remembered are bounded', () => {
    const first = acceptedCodings('gzip, first')
    expect(acceptedCodings('gzip, first')).toBe(first)
    for (let i = 0; i < 1_000; i++) acceptedCodings(`gzip, made-up-${i}`)
    expect(acceptedCodings('gzip, first')).not.toBe(first)
    expect(acceptedCodings('gzip, first')).toEqual(['gzip'])
  })
})

test('a coding has an entity tag of its own, as strong as the other', () => {
  expect(codedEtag('"abc"', 'br')).toBe('"abc-br"')
  expect(codedEtag('"abc"', 'gzip')).toBe('"abc-gzip"')
})

test.each([
  ['br', brotliDecompressSync],
  ['gzip', gunzipSync],
] as const)('%s gives back every byte', async (coding, decode) => {
  const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * i) % 256)).toString('latin1')
  for (const plain of [bytes, 'a'.repeat(200_000), '']) {
    const encoded = await encode(plain, coding)
    expect(decode(Buffer.from(encoded, 'latin1')).toString('latin1')).toBe(plain)
  }
})
