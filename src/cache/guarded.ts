import { channels } from '../channels.ts'
import { TimerWheel } from '../lib/timer-wheel.ts'
import type { Patience } from './patience.ts'
import type { Claim, Entry, Purge, RemoteStore, Store } from './store.ts'

/** The bounds of a guarded store. Milliseconds. */
export interface GuardOptions {
  /** How long anybody waits for the store. */
  readonly wait: number
  /** How often it is asked whether it works. */
  readonly check: number
}

/** A store that is asked only while it works. */
export interface GuardedStore extends Store {
  readonly isUp: boolean
  close(): void
}

/** Purges that wait for a store: beyond that everything is purged instead. */
const MOST_WAITING = 10_000
const TICK = 10
/** How often a store that is down is asked. Milliseconds. */
const DOWN = 100

/**
 * Keeps a remote store from slowing anybody down. Who waits for it waits for a bounded time; who has waited in vain takes it out
 * for everybody, and while it is out nobody asks it. A check that goes on all the time takes it back, after the purges that
 * it has missed.
 */
export function guarded(store: RemoteStore, options: GuardOptions): GuardedStore {
  return new Guard(store, options)
}

class Guard implements GuardedStore {
  readonly #store: RemoteStore
  readonly #options: GuardOptions
  readonly #timers = new TimerWheel(TICK)
  /** What the store has not been told. */
  #missed = { hard: new Missed(), soft: new Missed() }
  #isUp = false
  #isClosed = false
  #told: 'up' | 'down' | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(store: RemoteStore, options: GuardOptions) {
    this.#store = store
    this.#options = options
    void this.#check()
  }

  get isUp(): boolean {
    return this.#isUp
  }

  get(key: string, look?: Parameters<Store['get']>[1]): ReturnType<Store['get']> {
    return this.#asked((): ReturnType<Store['get']> => this.#store.get(key, look), look?.patience)
  }

  mark(): number | undefined {
    return this.#isUp ? this.#store.mark?.() : undefined
  }

  async set(key: string, entry: Entry, mark?: number): Promise<void> {
    // A write that fails says nothing of reads: the store may only be full.
    if (this.#isUp)
      await this.#within(this.#store.set(key, entry, mark), this.#options.wait, (error) =>
        channels.store.publish({ event: 'failure', key, error }),
      )
  }

  async claim(key: string, look: Parameters<NonNullable<Store['claim']>>[1]): ReturnType<NonNullable<Store['claim']>> {
    // One that comes late is nobody's, and would keep all others waiting.
    const late = (claim: Claim | undefined) => claim?.release?.(false)
    return this.#asked(() => this.#store.claim?.(key, look), look.patience, late)
  }

  /** What cannot be told now is told before the store is asked again. */
  async purge(purge: Purge, isTold = false): Promise<void> {
    if (isTold) return
    if (!this.#isUp) return this.#miss(purge)
    await this.#within(this.#store.purge(purge), this.#options.wait, (error) => {
      this.#miss(purge)
      this.#trip(error)
    })
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#isClosed = true
    this.#isUp = false
    this.#store.close()
  }

  #asked<T>(
    ask: () => T | Promise<T>,
    patience: Patience | undefined,
    late?: (answer: T) => void,
  ): T | undefined | Promise<T | undefined> {
    const wait = Math.min(this.#options.wait, patience?.left ?? this.#options.wait)
    // A timer fires up to a tick late.
    if (!this.#isUp || wait < TICK) return undefined
    patience?.begin()
    const fail = (error: unknown) => {
      // Who had no more than a little time left says little of the store.
      if (!(error instanceof Late) || wait >= this.#options.wait) this.#trip(error)
    }
    return this.#within(ask(), wait, fail, late).finally(() => patience?.end())
  }

  /** What comes of an answer in time; what comes later is nobody's, and is handed to `late`. */
  #within<T>(
    answer: T | Promise<T>,
    wait: number,
    fail: (error: unknown) => void,
    late?: (answer: T) => void,
  ): Promise<T | undefined> {
    return new Promise((resolve) => {
      // A busy event loop may not have got round to an answer that has come, so it is given one more turn.
      const timer = this.#timers.set(Math.max(0, wait - TICK), () => setImmediate(settle, new Late(wait)))
      let isOver = false
      const settle = (error: unknown) => {
        if (isOver) return
        isOver = true
        timer.clear()
        fail(error)
        resolve(undefined)
      }
      Promise.resolve(answer).then((value) => {
        if (isOver) return late?.(value)
        isOver = true
        timer.clear()
        resolve(value)
      }, settle)
    })
  }

  #trip(error: unknown): void {
    this.#isUp = false
    this.#tell('down', error)
  }

  /** Says what has changed. */
  #tell(event: 'up' | 'down', error?: unknown): void {
    if (this.#told === event || this.#isClosed) return
    this.#told = event
    channels.store.publish({ event, error })
  }

  #miss(purge: Purge): void {
    this.#missed[purge.soft ? 'soft' : 'hard'].add(purge)
  }

  /** Goes on all the time, one after the other. */
  async #check(): Promise<void> {
    const { wait, check } = this.#options
    let error: unknown
    await this.#within(this.#store.check(), wait, (failure) => {
      error = failure
    })
    // More may come while these are told.
    while (error === undefined && !this.#isUp && this.#hasMissed()) error = await this.#tellMissed()
    if (this.#isClosed) return
    if (error !== undefined) this.#trip(error)
    else if (!this.#isUp) {
      this.#isUp = true
      this.#tell('up')
    }
    // What is down is asked more often: it may be back, or have needed a moment to begin.
    this.#timer = setTimeout(() => void this.#check(), this.#isUp ? check : Math.min(check, DOWN))
    this.#timer.unref()
  }

  #hasMissed(): boolean {
    return !this.#missed.hard.isEmpty || !this.#missed.soft.isEmpty
  }

  async #tellMissed(): Promise<unknown> {
    for (const missed of [this.#missed.hard, this.#missed.soft]) {
      const purge = missed.take(missed === this.#missed.soft)
      if (!purge) continue
      let error: unknown
      await this.#within(this.#store.purge(purge), this.#options.wait, (failure) => {
        error = failure
      })
      if (error === undefined) continue
      missed.add(purge)
      return error
    }
  }
}

/** Purges that wait, as one. */
class Missed {
  #tags = new Set<string>()
  #keys = new Set<string>()
  #all = false

  get isEmpty(): boolean {
    return !this.#all && this.#tags.size + this.#keys.size === 0
  }

  add({ tags = [], keys = [], all = false }: Purge): void {
    for (const tag of tags) this.#tags.add(tag)
    for (const key of keys) this.#keys.add(key)
    this.#all ||= all || this.#tags.size + this.#keys.size > MOST_WAITING
    if (!this.#all) return
    this.#tags.clear()
    this.#keys.clear()
  }

  take(soft: boolean): Purge | undefined {
    if (this.isEmpty) return undefined
    const purge = { tags: [...this.#tags], keys: [...this.#keys], all: this.#all, soft }
    this.#tags.clear()
    this.#keys.clear()
    this.#all = false
    return purge
  }
}

/** The store has not answered in time. */
class Late extends Error {
  constructor(wait: number) {
    super(`the store has not answered within ${Math.round(wait)} ms`)
  }
}
