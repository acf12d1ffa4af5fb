import { describe, expect, test } from '@jest/globals'
import { proxy } from '../../../src/endpoint/proxy.ts'
import { DefinitionError } from '../../../src/errors.ts'

const cacheOf = (cache: unknown) => proxy('ANY /p/*path', 'http://127.0.0.1:9', { cache } as never).cache
const MEBIBYTE = 1024 * 1024

describe('the cache of a proxied route', () => {
  test('is as its backend says in two spellings', () => {
    expect(cacheOf('origin')).toEqual({ maxBytes: MEBIBYTE, directives: false, share: 'user', unsaid: undefined })
    expect(cacheOf({ ttl: 'origin' })).toEqual(cacheOf('origin'))
  })

  test('with a time leaves nothing else open, and with the word for it all that is not said', () => {
    const none = { negative: 0, jitter: 0, stale: 0, staleIfError: 0 }
    expect(cacheOf({ ttl: '10s' })?.unsaid).toEqual({ ...none, ttl: 10_000 })
    const all = { ttl: '10s', stale: '30s', staleIfError: '1h', negative: '5s', jitter: 0.1, maxBytes: 5 }
    expect(cacheOf(all)).toEqual({
      ...{ maxBytes: 5, directives: false, share: 'user' },
      unsaid: { ttl: 10_000, stale: 30_000, staleIfError: 3_600_000, negative: 5_000, jitter: 0.1 },
    })
    expect(cacheOf({ ttl: 'origin', stale: '30s' })?.unsaid).toEqual({
      ...{ ttl: undefined, negative: undefined, jitter: 0, stale: 30_000, staleIfError: undefined },
    })
  })

  const FORMS = "'origin' or { ttl: 'origin' or '10s', stale, staleIfError, negative, jitter, maxBytes"
  const TTL = "'origin' (as the backend says) or, for where it says nothing, a duration such as"
  test.each<[unknown, string, string]>([
    ['orign', "'cache' ('orign')", FORMS],
    ['10s', "'cache' ('10s')", FORMS],
    [true, "'cache' (true)", FORMS],
    [null, "'cache' (null)", FORMS],
    [[], "'cache' ()", FORMS],
    [{}, "'cache.ttl' (undefined)", TTL],
    [{ ttl: '10 s' }, "'cache.ttl' ('10 s')", TTL],
    [{ ttl: 10 }, "'cache.ttl' (10)", TTL],
    [{ ttl: '10s', stale: 30 }, "'cache.stale' (30)", ''],
    [{ ttl: '10s', share: 'all' }, "'cache.share' ('all')", 'everyone'],
    [{ ttl: '10s', swr: '1s' }, "'cache.swr' ('1s')", 'there is no such option'],
    [{ ttl: 'origin', jitter: 0.5 }, "'cache.jitter' (0.5)", "the backend's own word"],
  ])('%j is refused', (cache, where, expected) => {
    expect(() => cacheOf(cache)).toThrow(DefinitionError)
    expect(() => cacheOf(cache)).toThrow(`proxy 'ANY /p/*path' at ${where}`)
    expect(() => cacheOf(cache)).toThrow(expected)
  })
})
