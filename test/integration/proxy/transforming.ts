import { afterAll, afterEach, beforeEach } from '@jest/globals'
import { rest } from 'facet'
import { type Harness, type HarnessOptions, harness } from 'facet/testing'
import { type ByteBackend, byteBackend } from '../support/byte-backend.ts'
import { nothingLeft } from '../support/resilience.ts'

/** What the tests of a file ask, and what that asks. */
export interface Transforming {
  readonly backend: ByteBackend
  readonly facet: Harness
}

/**
 * Facet in front of a backend that gives and takes bytes, for the tests of a file, which ends both. Before each of them the backend
 * answers with a small JSON document and has been asked nothing; after it nothing is left under way.
 *
 * @param routes made with the backend
 * @param options of the backend
 */
export async function transforming(
  routes: (legacy: ReturnType<typeof rest>) => HarnessOptions['routes'],
  options: Omit<Parameters<typeof rest>[1], 'url'> = {},
): Promise<Transforming> {
  const backend = await byteBackend()
  const facet = await harness({ routes: routes(rest('legacy', { url: backend.url, ...options })) })
  beforeEach(() => {
    backend.reset()
    backend.says('application/json', '{"ok":true}')
  })
  afterEach(() => nothingLeft(facet))
  afterAll(async () => {
    await facet.close()
    await backend.close()
  })
  return { backend, facet }
}
