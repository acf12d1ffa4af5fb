import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { xml } from '../../../src/backend/xml.ts'
import type { Runtime } from '../../../src/call/call.ts'
import { DefinitionError } from '../../../src/errors.ts'
import { testContext, testRuntime } from '../support/calls.ts'
import { turn } from '../support/slices.ts'

const url = 'http://127.0.0.1:9'

/** A document of so many bytes. */
const documentOf = (bytes: number) => Buffer.from(`<rate>${'<!--x-->'.padEnd(bytes - 29, ' ')}<value>1</value></rate>`)

/** Reads a document, and says whether others had their turn before the answer was there. */
async function read(body: Buffer, options: { readonly slicedAbove?: number }) {
  const call = xml('rates', { url, ...options }).get('/rate', { output: z.object({ value: z.number() }) })
  const transport = { send: async () => ({ status: 200, contentType: 'text/xml', body }), close: async () => {} }
  const real = testRuntime()
  const single = (key: object, create: () => object) => ('name' in key ? transport : real.single(key, create))
  const runtime = { ...real, single } as unknown as Runtime
  let turned = false
  const other = turn().then(() => {
    turned = true
  })
  const value = await call.bind(runtime)({}, testContext())
  const seen = turned
  await other
  return { value, turned: seen }
}

describe('the size above which an answer is read in slices', () => {
  test.each([
    ['at the size', 1_000, { slicedAbove: 1_000 }, false],
    ['above it', 1_001, { slicedAbove: 1_000 }, true],
    ['at the size where none is said', 262_144, {}, false],
    ['above that', 262_145, {}, true],
    ['above that, in one go', 1_000_000, { slicedAbove: Number.POSITIVE_INFINITY }, false],
  ])('%s', async (_, bytes, options, turned) => {
    const body = documentOf(bytes)
    expect(body.length).toBe(bytes)
    expect(await read(body, options)).toEqual({ value: { value: 1 }, turned })
  })

  test.each([
    [0, '0'],
    [-1, '-1'],
    [1.5, '1.5'],
    [Number.NaN, 'NaN'],
    ['1MB', "'1MB'"],
    [null, 'null'],
  ])('is not %p', (slicedAbove, shown) => {
    expect(() => xml('rates', { url, slicedAbove: slicedAbove as number })).toThrow(
      new DefinitionError(
        `backend 'rates' at 'slicedAbove' (${shown}): a whole number of bytes above 0, or Infinity, was expected`,
      ),
    )
  })
})
