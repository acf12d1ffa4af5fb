import { randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { ErrorReply } from '@redis/client'
import { z } from 'zod'
import { channels } from '../../channels.ts'
import { isPromise } from '../../lib/promise.ts'
import { softened } from '../entry.ts'
import type { Claim, Entry, Look, Purge, RemoteStore } from '../store.ts'
import { connectRedis, type RedisAddress, type RedisConnection, type Reply } from './connection.ts'
import { entryFromBytes, entryToBytes, type Read } from './entry-bytes.ts'
import { Heard } from './heard.ts'
import { type Lock, takeLock } from './lock.ts'
import { type Purged, PurgeTable } from './purge-table.ts'

/** What can be said of a store in Redis. */
export interface RedisOptions extends RedisAddress {
  /** What all keys begin with, and what tells apart several systems in one Redis. */
  readonly prefix: string
  /** Larger values are compressed. Bytes. */
  readonly compressAbove: number
}

/**
 * Larger values stay in memory. Of parsed ones it is their memory that counts, of which a megabyte takes some 10 ms to be written;
 * replies and responses are bytes, which are only copied.
 */
const MOST_MEMORY = 2 * 1024 * 1024
const MOST_BYTES = 16 * 1024 * 1024
const SMALL = 32 * 1024
/** How long a purge waits to be heard of by the one who did it. Milliseconds. */
const HEARD_WITHIN = 25
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
  readonly #heard = new Heard()
  #sending = 0

  constructor(options: RedisOptions) {
    this.#options = options
    this.#redis = connectRedis(options, this.#channel, (message) => this.#hear(message))
    this.#purged = new PurgeTable(this.#redis, options.prefix, (time, purge) => this.#announce(time, purge))
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
    return softened(entry, now)
  }

  mark(): number | undefined {
    return this.#heard.upTo
  }

  async set(key: string, entry: Entry, mark: number | undefined): Promise<void> {
    const left = entry.kept - Date.now()
    if (mark === undefined || left < 1) return
    if (entry.size > (/^(call|data) /.test(key) ? MOST_MEMORY : MOST_BYTES)) return
    // Whoever waits for the value is answered first.
    if (entry.size > SMALL) await setImmediate()
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
    const names = [...tags.map(tagName), ...keys.map(keyName)]
    const time = await this.#purged.purge(names, { tags, keys, all, soft })
    // Until this one has heard of it as the others do, what it loads would be taken for older.
    await this.#heard.until(time, HEARD_WITHIN)
  }

  async claim(key: string, look: Look): Promise<Claim> {
    // In this order: who has got the lock must see what the one before has kept.
    const locking = this.#worth(key, takeLock(this.#redis, this.#lock(key)), NO_LOCK)
    let found: Entry | undefined
    try {
      found = await this.get(key, look)
    } catch (error) {
      locking.then((lock) => lock.release(false)).catch(() => {})
      throw error
    }
    const lock = await locking
    const entry = found && found.fresh > Date.now() ? found : undefined
    if (!entry) return lock
    lock.release(true)
    return { state: 'free', entry }
  }

  /** Also finds that a purge of somebody else's was not heard of, or that Redis has forgotten some. */
  async check(): Promise<void> {
    await this.#redis.tried
    const verdict = this.#heard.compare(await this.#purged.now().catch((error: unknown) => this.#explain(error)))
    if (verdict === 'back') await this.#purged.restore(this.#heard.upTo ?? 0)
    if (verdict !== 'well') this.#tell({ all: true })
  }

  /** Why there is no connection, for the log. */
  #explain(error: unknown): never {
    const { trouble } = this.#redis
    throw error instanceof ErrorReply || trouble === undefined
      ? error
      : new Error('Redis cannot be used', { cause: trouble })
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

  async #announce(time: number, purge: Purge): Promise<void> {
    await this.#redis.send(undefined, ['PUBLISH', this.#channel, JSON.stringify({ from: this.#id, time, purge })])
  }

  #hear(text: string): void {
    const message = readMessage(text)
    // What cannot be read is found to be missing by the next check.
    if (!message) return report('a message of purges', new Error('it cannot be read'))
    const { from, time, purge } = message
    if (from !== this.#id) this.#tell(purge)
    this.#heard.hear(time, purge.all === true && purge.soft !== true)
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

const texts = z.array(z.string()).readonly().optional()
const messageSchema = z.object({
  from: z.string(),
  time: z.number(),
  purge: z.object({ tags: texts, keys: texts, all: z.boolean().optional(), soft: z.boolean().optional() }),
})

function readMessage(
  text: string,
): { readonly from: string; readonly time: number; readonly purge: Purge } | undefined {
  try {
    return messageSchema.parse(JSON.parse(text)) as ReturnType<typeof readMessage>
  } catch {
    return undefined
  }
}

function report(key: string, error: unknown): void {
  channels.store.publish({ event: 'failure', key, error })
}
