import { constants, createZstdCompress, gzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import {
  accepts,
  BodyCodingError,
  BodySizeError,
  codingsOf,
  decodable,
  decodeBody,
  encodeBody,
} from '../../../../src/http/proxy/body-coding.ts'

test.each([
  [undefined, []],
  ['', []],
  ['identity', []],
  ['gzip', ['gzip']],
  ['X-GZIP', ['gzip']],
  [' br , identity,gzip', ['br', 'gzip']],
  ['deflate, zstd', ['deflate', 'zstd']],
  ['compress', undefined],
  ['gzip, aes128gcm', undefined],
  ['gzip, gzip, gzip', undefined],
  ['toString', undefined],
])('Content-Encoding %j is %j', (field, codings) => {
  expect(codingsOf(field)).toEqual(codings)
})

test.each([
  [undefined, ['gzip'], false],
  ['', ['gzip'], false],
  ['gzip', ['gzip'], true],
  ['x-gzip', ['gzip'], true],
  ['*', ['br'], true],
  ['*;q=0, br', ['br'], true],
  ['br;q=0', ['br'], false],
  ['gzip', ['gzip', 'br'], false],
  ['gzip, br', ['gzip', 'br'], true],
  [undefined, [], true],
  [`gzip,${' '.repeat(300)}`, ['gzip'], false],
] as const)('who accepts %j takes %j: %j', (field, codings, taken) => {
  expect(accepts(field, codings)).toBe(taken)
})

test.each([
  ['gzip, br;q=0.5', 'gzip, br;q=0.5'],
  ['gzip, dcb, dcz', 'gzip'],
  ['*', 'identity'],
  ['', 'identity'],
  ['compress, *;q=0', 'identity'],
  ['identity;q=0, zstd', 'identity;q=0, zstd'],
])('of %j the backend is told %j', (field, told) => {
  expect(decodable(field)).toBe(told)
})

describe('decoding', () => {
  const CODINGS = ['br', 'gzip', 'deflate', 'zstd'] as const
  test.each(CODINGS)('%s gives what went in, up to the bound and no further', async (coding) => {
    const plain = Buffer.from('abc'.repeat(100))
    const coded = await encodeBody(plain, [coding])
    expect(await decodeBody(coded, [coding], 300)).toEqual(plain)
    await expect(decodeBody(coded, [coding], 299)).rejects.toThrow(BodySizeError)
  })

  test.each(CODINGS)('nothing at all in %s is nothing', async (coding) => {
    expect(await decodeBody(Buffer.alloc(0), [coding], 10)).toHaveLength(0)
  })

  test('bounds what came as well: members with nothing in them could go on for ever', async () => {
    const empty = Buffer.concat(Array.from({ length: 100 }, () => gzipSync('')))
    expect(await decodeBody(empty, ['gzip'], empty.length)).toHaveLength(0)
    await expect(decodeBody(empty, ['gzip'], empty.length - 1)).rejects.toThrow(BodySizeError)
  })

  test('bounds each of two steps', async () => {
    const coded = await encodeBody(gzipSync(Buffer.alloc(1_000_000)), ['gzip'])
    expect(coded.length).toBeLessThan(500)
    await expect(decodeBody(coded, ['gzip', 'gzip'], 500)).rejects.toThrow(BodySizeError)
  })

  test('gives zstd no window of more than 8 MiB', async () => {
    const coded = async (windowLog: number) => {
      const coder = createZstdCompress({ params: { [constants.ZSTD_c_windowLog]: windowLog } })
      const chunks: Buffer[] = []
      coder.write('a')
      coder.end('b')
      for await (const chunk of coder) chunks.push(chunk as Buffer)
      return Buffer.concat(chunks)
    }
    expect((await decodeBody(await coded(23), ['zstd'], 100)).toString()).toBe('ab')
    await expect(decodeBody(await coded(24), ['zstd'], 100)).rejects.toThrow(BodyCodingError)
  })
})
