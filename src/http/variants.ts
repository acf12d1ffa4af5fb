import type { Entry, Store } from '../cache/store.ts'
import { channels } from '../channels.ts'
import { type Coding, encode } from './coding.ts'
import type { Representation } from './reply.ts'

/** As many as zlib's threads can do while file and name look-ups still find one: node has four. */
const MOST_AT_ONCE = 3

/**
 * Makes the compressed variants of an app's kept replies: behind the scenes, each once, and only those that somebody who
 * was answered from the cache would have taken. What is in nobody's way may also be left out: where too many are being
 * made, a later hit asks again.
 */
export class Variants {
  readonly #store: Store
  readonly #encode: typeof encode
  /** One at a time of each entry: it is replaced by the one with the variant, which would leave another's out. */
  readonly #underway = new Set<Entry>()

  constructor(store: Store, compress: typeof encode = encode) {
    this.#store = store
    this.#encode = compress
  }

  /** How many are being made: for tests. */
  get underway(): number {
    return this.#underway.size
  }

  /** Sees to it that the best of these codings is there for a later hit. Costs a look where it is. */
  make(key: string, entry: Entry<Representation>, codings: readonly Coding[]): void {
    const { encoded } = entry.value
    for (const coding of codings) {
      const variant = encoded?.[coding]
      if (variant === null) continue
      if (variant === undefined && this.#underway.size < MOST_AT_ONCE && !this.#underway.has(entry))
        void this.#add(key, entry, coding)
      return
    }
  }

  async #add(key: string, entry: Entry<Representation>, coding: Coding): Promise<void> {
    this.#underway.add(entry)
    let variant: string | null = null
    try {
      const made = await this.#encode(entry.value.bytes, coding)
      if (made.length < entry.value.bytes.length) variant = made
    } catch (error) {
      // The reply goes on as it is; a second attempt with the same bytes would end as this one did.
      if (channels.refresh.hasSubscribers) channels.refresh.publish({ key, error })
    }
    this.#underway.delete(entry)
    // One that has no room is not made again and again.
    if (!this.#keep(key, entry, coding, variant) && variant !== null) this.#keep(key, entry, coding, null)
  }

  /** What was purged or made anew in the meantime stays as it is: then the store holds another entry, or none. */
  #keep(key: string, entry: Entry<Representation>, coding: Coding, variant: string | null): boolean {
    const { value, size } = entry
    const amended: Entry<Representation> = {
      ...entry,
      value: { ...value, encoded: { ...value.encoded, [coding]: variant } },
      size: size + (variant?.length ?? 0),
    }
    return this.#store.amend?.(key, entry, amended) ?? false
  }
}
