import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Entry, Purge, Store } from '../../../../src/cache/store.ts'
import { FacetError } from '../../../../src/errors.ts'
import { Base64Bytes } from '../../../../src/lib/base64.ts'

/** A store under test. Keys and tags of one test are its own, so that all of them can share one server. */
export interface OpenedStore {
  readonly store: Store
  close(): Promise<void>
}

const hour = 3_600_000

/** An entry of an hour, unless something else is said. */
export function entry(value: unknown, said: Partial<Entry> = {}): Entry {
  const now = Date.now()
  const times = { stored: now, fresh: now + hour, usable: now + hour, covers: now + hour, kept: now + hour }
  return { value, tags: [], size: 10, ...times, ...said }
}

const tagOf = (value: unknown) => Object.prototype.toString.call(value)

/** With each date as its time: jest runs tests in a realm of their own, whose Date is not the one that V8 reads. */
function dated(value: unknown): unknown {
  if (tagOf(value) === '[object Date]') return { date: Number(value) }
  if (Array.isArray(value)) return value.map(dated)
  if (tagOf(value) !== '[object Object]') return value
  return Object.fromEntries(Object.entries(value as object).map(([name, item]) => [name, dated(item)]))
}

/** What every store must do. */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`the contract of stores: ${name}`, () => {
    let opened: OpenedStore
    let count = 0
    const unique = (text: string) => `${text} ${count}`
    const get = async (key: string, tags: readonly string[] = []) => opened.store.get(unique(key), { tags })
    const set = async (key: string, value: unknown, said: Partial<Entry> = {}) => {
      const tags = (said.tags ?? []).map(unique)
      await opened.store.set(unique(key), entry(value, { ...said, tags }), opened.store.mark?.())
    }
    const read = async (key: string, tags?: readonly string[]) => (await get(key, tags))?.value

    beforeAll(async () => {
      opened = await open()
    })
    afterAll(() => opened.close())
    const contract = (what: string, run: () => Promise<void>) =>
      test(what, async () => {
        count++
        await run()
      })

    contract('what is not there is not there', async () => {
      expect(await get('a')).toBeUndefined()
    })

    contract('an entry comes back with its times, its tags and its size', async () => {
      const now = Date.now()
      const times = { stored: now, fresh: now + 1_000, usable: now + 2_000, covers: now + 2_500, kept: now + 3_000 }
      const head = ['ETag', '"1"']
      await set('a', 'value', { ...times, tags: ['t', 'u'], size: 77, head })
      expect(await get('a')).toEqual({ value: 'value', ...times, head, tags: [unique('t'), unique('u')], size: 77 })
    })

    contract('a newer entry takes the place of an older one', async () => {
      await set('a', 1)
      await set('a', 2)
      expect(await read('a')).toBe(2)
    })

    contract('an entry ends when it is no longer kept', async () => {
      const now = Date.now()
      await set('a', 1, { fresh: now + 50, usable: now + 50, kept: now + 50 })
      expect(await read('a')).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 80))
      expect(await get('a')).toBeUndefined()
    })

    test.each<[string, unknown]>([
      ['null', null],
      ['undefined', undefined],
      ['-0 and NaN', [-0, Number.NaN, Number.POSITIVE_INFINITY]],
      ['big integers', { n: 12345678901234567890n, negative: [-1n, 0n] }],
      ['dates', { at: new Date('2026-02-28T12:00:00.123Z'), never: new Date(Number.NaN) }],
      ['bytes', Buffer.from([0, 255, 13, 10])],
      ['an array of bytes', new Uint8Array([1, 2, 3])],
      ['text of all planes', 'ascii, ümläut, Ελληνικά, 日本語, \u{1f600}, \u0000, lone \ud800'],
      ['properties that are undefined', { a: undefined, b: [undefined] }],
      ['names that objects have', JSON.parse('{"__proto__":{"x":1},"constructor":2,"":3}')],
      ['maps and sets', { map: new Map([[1, { a: 1n }]]), set: new Set(['x']) }],
      [
        'what is large',
        { rows: Array.from({ length: 20_000 }, (_, id) => ({ id, name: `row ${id}`, at: new Date(id) })) },
      ],
      ['a large text', 'ä'.repeat(1_000_000)],
      [
        'what is large and cannot be compressed',
        Buffer.from(Array.from({ length: 300_000 }, () => Math.random() * 256)),
      ],
    ])('a value survives: %s', async (_, value) => {
      count++
      await set('a', value)
      const found = await get('a')
      expect(found).toBeDefined()
      expect(dated(found?.value)).toEqual(dated(value))
      expect(tagOf(found?.value)).toBe(tagOf(value))
    })

    contract('bytes that are base64 in JSON stay so', async () => {
      await set('a', { file: new Base64Bytes([1, 2, 3]) })
      expect(JSON.stringify(await read('a'))).toBe('{"file":"AQID"}')
      expect(((await read('a')) as { file: unknown }).file).toBeInstanceOf(Base64Bytes)
    })

    contract('that there is nothing comes back as it was', async () => {
      const { code, status } = new FacetError('backend-fault', { status: 404 })
      const failure = { code, status, upstream: 404, fault: undefined, source: 'customer' }
      await set('a', undefined, { failure })
      expect((await get('a'))?.failure).toEqual(failure)
    })

    contract('keys of all kinds are told apart', async () => {
      const keys = [
        'k',
        'k ',
        'K',
        'k\u0000',
        'k{1}',
        'k{2}',
        '{}k',
        'k\n',
        'ḱ',
        `long ${'x'.repeat(5_000)}`,
        '__proto__',
      ]
      for (const key of keys) await set(key, key)
      for (const key of keys) expect(await read(key)).toBe(key)
    })

    contract('a purge by tag removes what has it, and nothing else', async () => {
      await set('a', 1, { tags: ['x'] })
      await set('b', 2, { tags: ['x', 'y'] })
      await set('c', 3, { tags: ['y'] })
      await set('d', 4)
      await opened.store.purge({ tags: [unique('x'), unique('unknown')] })
      expect(await Promise.all(['a', 'b', 'c', 'd'].map((key) => read(key)))).toEqual([undefined, undefined, 3, 4])
      // Whether or not the one who asks knows the tags.
      expect(await read('b', [unique('y')])).toBeUndefined()
      expect(await read('c', [unique('y')])).toBe(3)
    })

    contract('a purge by key removes that entry', async () => {
      await set('a', 1)
      await set('b', 2)
      await opened.store.purge({ keys: [unique('a'), unique('nothing')] })
      expect([await read('a'), await read('b')]).toEqual([undefined, 2])
    })

    contract('what is kept after a purge stays', async () => {
      await set('a', 1, { tags: ['x'] })
      // In a cluster whose nodes are busy, a purge may be heard of a moment after it is done.
      const purge = async (said: Purge) => {
        await opened.store.purge(said)
        if (opened.store.mark) await new Promise((resolve) => setTimeout(resolve, 100))
      }
      await purge({ tags: [unique('x')] })
      await set('a', 2, { tags: ['x'] })
      expect(await read('a')).toBe(2)
      await purge({ keys: [unique('a')] })
      await set('a', 3, { tags: ['x'] })
      expect(await read('a')).toBe(3)
    })

    contract('a soft purge makes stale', async () => {
      const now = Date.now()
      const later = { usable: now + 2 * hour, covers: now + 2 * hour, kept: now + 2 * hour }
      await set('a', 1, { tags: ['x'], stored: now - 10, ...later })
      await set('b', 2)
      await set('c', 3, { tags: ['x'] })
      await opened.store.purge({ tags: [unique('x')], soft: true })
      const [a, b] = [await get('a'), await get('b')]
      expect([a?.value, b?.value]).toEqual([1, 2])
      expect(a?.fresh).toBeLessThanOrEqual(Date.now())
      expect(a?.usable).toBeGreaterThan(Date.now())
      expect(b?.fresh).toBeGreaterThan(Date.now())
      // Its policy does not let it be sent stale.
      expect((await get('c'))?.usable ?? 0).toBeLessThanOrEqual(Date.now())
      await opened.store.purge({ tags: [unique('x')] })
      expect(await get('a')).toBeUndefined()
    })

    contract('a soft purge leaves nothing of that there is nothing', async () => {
      const failure = {
        code: 'backend-fault' as const,
        status: 404,
        upstream: 404,
        fault: undefined,
        source: undefined,
      }
      await set('a', undefined, { failure, tags: ['x'] })
      await opened.store.purge({ tags: [unique('x')], soft: true })
      expect(await get('a')).toBeUndefined()
    })

    contract('a purge of nothing purges nothing', async () => {
      await set('a', 1, { tags: ['x'] })
      await opened.store.purge({ tags: [] })
      await opened.store.purge({})
      expect(await read('a')).toBe(1)
    })

    contract('a purge of everything leaves nothing, and what comes later stays', async () => {
      await set('a', 1, { tags: ['x'] })
      await set('b', 2)
      await opened.store.purge({ all: true, soft: true })
      expect((await get('b'))?.fresh).toBeLessThanOrEqual(Date.now())
      await opened.store.purge({ all: true })
      expect([await read('a'), await read('b')]).toEqual([undefined, undefined])
      await set('a', 3)
      expect(await read('a')).toBe(3)
    })

    contract('tags are any text', async () => {
      await set('a', 1, { tags: ['__proto__', 'ä {x}', ''] })
      await set('b', 2, { tags: ['constructor'] })
      await opened.store.purge({ tags: [unique('ä {x}')] })
      expect([await read('a'), await read('b')]).toEqual([undefined, 2])
    })

    contract('an entry has many tags', async () => {
      const tags = Array.from({ length: 300 }, (_, tag) => `tag ${tag}`)
      await set('a', 1, { tags })
      expect(await read('a', tags.slice(0, 10).map(unique))).toBe(1)
      await opened.store.purge({ tags: [unique('tag 299')] })
      expect(await get('a')).toBeUndefined()
    })

    contract('many at once get each its own', async () => {
      const keys = Array.from({ length: 300 }, (_, key) => `key ${key}`)
      await Promise.all(keys.map((key, at) => set(key, at)))
      expect(await Promise.all(keys.map((key) => read(key)))).toEqual(keys.map((_, at) => at))
    })
  })
}
