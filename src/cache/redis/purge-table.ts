import { crc32 } from 'node:zlib'
import type { Purge } from '../store.ts'
import type { RedisConnection, Reply } from './connection.ts'

/** Tells all who share the entries of a purge. */
export type Announce = (time: number, purge: Purge) => Promise<void>

/** When the names of an entry were purged last, as the clock counts; 0 for never. */
export interface Purged {
  readonly hard: number
  readonly soft: number
}

/**
 * What has been purged, and when, in Redis. Time is a count of purges (a logical clock), so that no clock of any machine has a
 * say in it. The names that were purged stand in a hash table of a fixed size, each slot with the time at which a name in it was
 * purged last: no list of what bears a tag is kept anywhere, a purge costs the same whatever it hits, and what it costs at worst
 * is that another name in the same slot is purged as well. A slot says enough: an entry is old where one of its names was purged
 * after its value began to be loaded.
 *
 * The table is spread over a few keys, so over the nodes of a cluster. Each has a floor, the time of the last purge of everything;
 * where it is missing because Redis has lost or evicted it, all entries are old.
 */
export class PurgeTable {
  readonly #redis: RedisConnection
  readonly #prefix: string
  readonly #announce: Announce
  #preparing: Promise<void> | undefined
  /** The latest time that was seen: a clock that was lost must not go back behind it. */
  #latest = 0

  /** @param announce tells the others of each time that passes, after it has been noted here */
  constructor(redis: RedisConnection, prefix: string, announce: Announce) {
    this.#redis = redis
    this.#prefix = prefix
    this.#announce = announce
  }

  /** The clock now. @throws Error while somebody else makes what is missing */
  async now(): Promise<number> {
    const [said, first] = await Promise.all([
      this.#redis.send(this.#clock, ['GET', this.#clock]),
      this.#redis.send(this.#part(0), ['HEXISTS', this.#part(0), FLOOR]),
    ])
    if (said === null || first === 0) await this.prepare()
    return said === null ? Number(await this.#redis.send(this.#clock, ['GET', this.#clock])) : Number(said)
  }

  /** Makes the clock and the parts of the table that are missing. */
  prepare(): Promise<void> {
    this.#preparing ??= this.#prepare().finally(() => {
      this.#preparing = undefined
    })
    return this.#preparing
  }

  async #prepare(): Promise<void> {
    // One does it: what is kept by the clock of one would be older than the floor that the next one makes.
    const isMine = await this.#redis.send(this.#lock, ['SET', this.#lock, '1', 'NX', 'PX', String(PREPARED_WITHIN)])
    if (isMine === null) throw new Error('somebody else makes the table of purges')
    const there = await Promise.all(
      PARTS.map((part) => this.#redis.send(this.#part(part), ['HEXISTS', this.#part(part), FLOOR])),
    )
    const missing = PARTS.filter((part) => there[part] === 0)
    const time = await this.#tick()
    await this.#raise(time, new Map(missing.map((part) => [part, [FLOOR]])))
    await this.#announce(time, {})
    await this.#redis.send(this.#lock, ['DEL', this.#lock])
  }

  /**
   * Sets a clock right that has gone back: Redis has an older state, and does not know of purges since then, nor that what it
   * has of that time is old.
   *
   * @param latest the latest time that anybody has heard of
   */
  async restore(latest: number): Promise<void> {
    this.#latest = Math.max(this.#latest, latest)
    const time = await this.#tick(true)
    await this.#raise(time, new Map(PARTS.map((part) => [part, [FLOOR]])))
    await this.#announce(time, { all: true })
  }

  /** When an entry with these names was purged last; undefined where nobody knows. */
  async look(names: readonly string[]): Promise<Purged | undefined> {
    const fields = new Map<number, string[]>()
    for (const name of names) {
      const { part, slot } = placeOf(name)
      const known = fields.get(part)
      if (known) known.push(slot, softly(slot))
      else fields.set(part, [FLOOR, SOFT_FLOOR, slot, softly(slot)])
    }
    const asked = [...fields].map(([part, slots]) =>
      this.#redis.send(this.#part(part), ['HMGET', this.#part(part), ...slots]),
    )
    let [hard, soft] = [0, 0]
    for (const reply of await Promise.all(asked)) {
      const times = reply as readonly (Reply | undefined)[]
      if (!times[0]) {
        this.prepare().catch(() => {})
        return undefined
      }
      for (let at = 0; at < times.length; at += 2) {
        if (times[at]) hard = Math.max(hard, Number(times[at]))
        if (times[at + 1]) soft = Math.max(soft, Number(times[at + 1]))
      }
    }
    return { hard, soft }
  }

  /** Notes that names, or all of them, are old from now on, and tells. @returns the time of it */
  async purge(names: readonly string[], purge: Purge): Promise<number> {
    const { all = false, soft = false } = purge
    const time = await this.#tick()
    const fields = new Map<number, string[]>(all ? PARTS.map((part) => [part, [soft ? SOFT_FLOOR : FLOOR]]) : [])
    for (const name of all ? [] : names) {
      const { part, slot } = placeOf(name)
      const field = soft ? softly(slot) : slot
      const known = fields.get(part)
      if (known) known.push(field)
      else fields.set(part, [field])
    }
    await this.#raise(time, fields)
    await this.#announce(time, purge)
    return time
  }

  async #raise(time: number, fields: ReadonlyMap<number, readonly string[]>): Promise<void> {
    await Promise.all(
      [...fields].map(([part, slots]) =>
        this.#redis.send(this.#part(part), ['EVAL', RAISE, '1', this.#part(part), String(time), ...slots]),
      ),
    )
  }

  /** One purge later. A clock that was lost is set to a time that it cannot have had yet. @param isBehind so is this one */
  async #tick(isBehind = false): Promise<number> {
    const least = String(Math.max(Date.now() * 1000, this.#latest + 1))
    const time = Number(
      await this.#redis.send(this.#clock, ['EVAL', TICK, '1', this.#clock, least, isBehind ? '1' : '0']),
    )
    this.#latest = Math.max(this.#latest, time)
    return time
  }

  get #clock(): string {
    return `${this.#prefix}clock`
  }

  get #lock(): string {
    return `${this.#prefix}preparing`
  }

  #part(part: number): string {
    return `${this.#prefix}purged:${part}`
  }
}

const PARTS = Array.from({ length: 16 }, (_, part) => part)
/** Slots a part: 262,144 in all, some 15 MB at the very worst. */
const SLOTS = 16_384
/** Milliseconds. */
const PREPARED_WITHIN = 1_000
const FLOOR = 'floor'
const SOFT_FLOOR = 'floor.s'
const softly = (slot: string) => `${slot}.s`

const TICK = `local time = redis.call('INCR', KEYS[1])
if time > 1 and (ARGV[2] == '0' or time > tonumber(ARGV[1])) then return time end
redis.call('SET', KEYS[1], ARGV[1])
return tonumber(ARGV[1])`

/** Two purges at the same time may come in any order; the later one counts. */
const RAISE = `for i = 2, #ARGV do
  local before = redis.call('HGET', KEYS[1], ARGV[i])
  if not before or tonumber(before) < tonumber(ARGV[1]) then redis.call('HSET', KEYS[1], ARGV[i], ARGV[1]) end
end`

function placeOf(name: string): { part: number; slot: string } {
  const hash = crc32(name)
  return { part: hash % PARTS.length, slot: ((hash >>> 4) % SLOTS).toString(36) }
}
