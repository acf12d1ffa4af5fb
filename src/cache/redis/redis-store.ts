import { randomUUID } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { ErrorReply } from '@redis/client'
import { channels } from '../../channels.ts'
import { isPromise } from '../../lib/promise.ts'
import type { Claim, Entry, Look, Purge, RemoteStore } from '../store.ts'
import { connectRedis, type RedisAddress, type RedisConnection, type Reply } from './connection.ts'
import { entryFromBytes, entryToBytes, type Read } from './entry-bytes.ts'
import { type Lock, takeLock } from './lock.ts'
import { type Purged, PurgeTable } from './purge-table.ts'

/** What can be said of a store in Redis. */
export interface RedisOptions extends RedisAddress {
  /** What all keys begin with, and what tells apart several systems in one Redis. */
  readonly prefix: string
  /** Larger values are compressed. Bytes. */
  readonly compressAbove: number
}

/** Values under way to Redis at a time: what is beyond that is not sent. Bytes. */
const MOST_SENDING = 32 * 1024 * 1024

/**
 * Entries in Redis (6 and later, Valkey, or a cluster), shared by all processes that name the same prefix. They end by Redis'
 * own expiry; what is purged is noted in a table of fixed size, and told to the others at once.
 */
export function redisStore(options: RedisOptions): RemoteStore {
  return new RedisStore(options)
}

class RedisStore implements RemoteStore {
  readonly #redis: RedisConnection
  readonly #purged: PurgeTable
  readonly #options: RedisOptions
  readonly #id = randomUUID()
  readonly #listeners = new Set<(purge: Purge) => void>()
  /** What the clock should say by what has been heard; where it says something else twice, something has been missed. */
  #expected: number | undefined
  #isDoubtful = false
  #sending = 0

  constructor(options: RedisOptions) {
    this.#options = options
    this.#redis = connectRedis(options, this.#channel, (message) => this.#hear(message))
    this.#purged = new PurgeTable(this.#redis, options.prefix)
  }

  async get(key: string, { tags }: Look = NO_TAGS): Promise<Entry | undefined> {
    const asked = [
      this.#redis.send(this.#entry(key), ['GET', this.#entry(key)]),
      this.#purged.look(namesOf(key, tags)),
    ] as const
    const [bytes, purged] = await this.#worth(key, Promise.all(asked), NOTHING)
    if (!Buffer.isBuffer(bytes) || !purged) return undefined
    const read = await this.#decode(key, bytes)
    if (!read) return undefined
    const { entry, mark } = read
    const unasked = entry.tags.filter((tag) => !tags.includes(tag))
    const more =
      unasked.length === 0 ? NEVER : await this.#worth(key, this.#purged.look(unasked.map(tagName)), undefined)
    const now = Date.now()
    if (!more || Math.max(purged.hard, more.hard) > mark || entry.kept <= now) return undefined
    if (Math.max(purged.soft, more.soft) <= mark) return entry
    // What there is not, is stale at once: nobody is to be told again that it is not there.
    return entry.failure ? undefined : { ...entry, fresh: Math.min(entry.fresh, now) }
  }

  mark(): number | undefined {
    return this.#purged.known
  }

  async set(key: string, entry: Entry, mark: number | undefined): Promise<void> {
    const left = entry.kept - Date.now()
    if (mark === undefined || left < 1) return
    const made = entryToBytes(entry, mark, this.#options.compressAbove)
    const bytes = isPromise(made) ? await made : made
    if (!bytes) return report(key, new Error('the value holds what cannot leave the process'))
    if (this.#sending + bytes.length > MOST_SENDING) throw new Error('too much is under way')
    this.#sending += bytes.length
    try {
      await this.#redis.send(this.#entry(key), ['SET', this.#entry(key), bytes, 'PX', String(Math.ceil(left))])
    } finally {
      this.#sending -= bytes.length
    }
  }

  async purge({ tags = [], keys = [], all = false, soft = false }: Purge, isTold = false): Promise<void> {
    if (isTold || (!all && tags.length + keys.length === 0)) return
    const time = await this.#purged.purge([...tags.map(tagName), ...keys.map(keyName)], all, soft)
    const message = JSON.stringify({ from: this.#id, time, purge: { tags, keys, all, soft } })
    await this.#redis.send(undefined, ['PUBLISH', this.#channel, message])
  }

  async claim(key: string, look: Look): Promise<Claim> {
    // In this order: who has got the lock must see what the one before has kept.
    const locking = this.#worth(key, takeLock(this.#redis, this.#lock(key)), NO_LOCK)
    const [lock, found] = await Promise.all([locking, this.get(key, look)])
    const entry = found && found.fresh > Date.now() ? found : undefined
    if (!entry) return lock
    lock.release(true)
    return { state: 'free', entry }
  }

  /** Also finds that a purge of somebody else's was not heard of. */
  async check(): Promise<void> {
    const now = await this.#purged.now()
    if (this.#expected === undefined || this.#expected === now) {
      this.#expected = now
      this.#isDoubtful = false
    } else if (!this.#isDoubtful) this.#isDoubtful = true
    else {
      this.#expected = now
      this.#isDoubtful = false
      this.#tell({ all: true })
    }
  }

  onPurge(listener: (purge: Purge) => void): void {
    this.#listeners.add(listener)
  }

  close(): void {
    this.#redis.close()
  }

  /** What was answered; something else where the answer is an error, of a server that works. */
  async #worth<T>(key: string, answer: Promise<T>, instead: T): Promise<T> {
    try {
      return await answer
    } catch (error) {
      if (!(error instanceof ErrorReply)) throw error
      report(key, error)
      return instead
    }
  }

  async #decode(key: string, bytes: Buffer): Promise<Read | undefined> {
    try {
      return await entryFromBytes(bytes)
    } catch (error) {
      report(key, error)
    }
  }

  #hear(message: string): void {
    const heard = readMessage(message)
    if (!heard) return
    if (this.#expected !== undefined) this.#expected++
    this.#purged.heard(Math.max(heard.time, this.#purged.known ?? 0))
    if (heard.from !== this.#id) this.#tell(heard.purge)
  }

  #tell(purge: Purge): void {
    for (const listener of this.#listeners) listener(purge)
  }

  get #channel(): string {
    return `${this.#options.prefix}purges`
  }

  /** An entry and its lock are on the same node of a cluster: what stands in braces decides. */
  #entry(key: string): string {
    return `${this.#options.prefix}entry:${braced(key)}`
  }

  #lock(key: string): string {
    return `${this.#options.prefix}lock:${braced(key)}`
  }
}

const NO_TAGS: Look = { tags: [] }
const NOTHING = [null, undefined] as [Reply, Purged | undefined]
const NO_LOCK: Lock = { state: 'free', release: () => {} }
const NEVER: Purged = { hard: 0, soft: 0 }
const braced = (key: string) => `{${crc32(key).toString(36)}}${key}`
const tagName = (tag: string) => `tag ${tag}`
const keyName = (key: string) => `key ${key}`
const namesOf = (key: string, tags: readonly string[]) => [keyName(key), ...tags.map(tagName)]

function readMessage(text: string): { from: string; time: number; purge: Purge } | undefined {
  try {
    const message = JSON.parse(text)
    return typeof message?.time === 'number' && typeof message.purge === 'object' ? message : undefined
  } catch {
    return undefined
  }
}

function report(key: string, error: unknown): void {
  channels.store.publish({ event: 'failure', key, error })
}
