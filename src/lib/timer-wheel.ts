/** A timer that has been set. */
export interface Timer {
  /** Takes the timer back; after it has fired this does nothing. */
  clear(): void
}

/** What happens when a timer's time has come: a function, or on the hot path an object that waits itself, which needs no closure. */
export type TimerTarget = (() => void) | { expired(): void }

interface Slot {
  head: Entry | undefined
}

class Entry implements Timer {
  previous: Entry | undefined
  next: Entry | undefined
  slot: Slot | undefined
  rounds: number
  target: TimerTarget
  readonly #wheel: TimerWheel

  constructor(wheel: TimerWheel, target: TimerTarget, rounds: number) {
    this.#wheel = wheel
    this.target = target
    this.rounds = rounds
  }

  clear(): void {
    this.#wheel.remove(this)
  }
}

const SLOTS = 256
const NOTHING = () => {}
const NONE: readonly Entry[] = []

/**
 * Coarse timers that share one `setTimeout`: a hashed timer wheel (Varghese and Lauck, SOSP 1987, scheme 6). Setting and
 * clearing are a linked-list operation each, where Node's own timer a call shows in the profile of every request; almost
 * all of them are cleared unfired. A timer fires at its time or up to one `tick` later, never before. While none is set
 * nothing runs, and the wheel never keeps the process alive.
 */
export class TimerWheel {
  readonly #tick: number
  readonly #slots: Slot[] = Array.from({ length: SLOTS }, () => ({ head: undefined }))
  #cursor = 0
  #reached = 0
  #size = 0
  #running: ReturnType<typeof setTimeout> | undefined

  /** @param tick the resolution, in milliseconds */
  constructor(tick = 10) {
    this.#tick = tick
  }

  /** How many timers are set: for tests that look for leaks. */
  get size(): number {
    return this.#size
  }

  /** Calls the target after `ms` milliseconds, up to a tick later. */
  set(ms: number, target: TimerTarget): Timer {
    if (!this.#running) this.#start()
    // The wheel stands where it last turned, so the time that has passed since is counted in.
    const ticks = Math.max(1, Math.ceil((performance.now() - this.#reached + ms) / this.#tick))
    const entry = new Entry(this, target, Math.floor((ticks - 1) / SLOTS))
    const slot = this.#slots[(this.#cursor + ticks) % SLOTS] as Slot
    entry.slot = slot
    entry.next = slot.head
    if (slot.head) slot.head.previous = entry
    slot.head = entry
    this.#size++
    return entry
  }

  remove(entry: Entry): void {
    if (!entry.slot) return
    if (entry.previous) entry.previous.next = entry.next
    else entry.slot.head = entry.next
    if (entry.next) entry.next.previous = entry.previous
    // A removed entry that has grown old must keep nothing alive that is young: neither its neighbours nor its callback.
    entry.previous = undefined
    entry.next = undefined
    entry.slot = undefined
    entry.target = NOTHING
    this.#size--
  }

  #start(): void {
    this.#reached = performance.now()
    this.#schedule()
  }

  #schedule(): void {
    this.#running = setTimeout(() => this.#turn(), this.#tick)
    this.#running.unref()
  }

  /** The entries of a slot whose time has come; the others have one round less to wait. */
  #due(slot: Slot): readonly Entry[] {
    let due: Entry[] | undefined
    for (let entry = slot.head; entry; entry = entry.next) {
      if (entry.rounds-- === 0) {
        due ??= []
        due.push(entry)
      }
    }
    return due ?? NONE
  }

  #turn(): void {
    // A busy event loop makes the timeout late: every tick that has passed is turned, none is skipped.
    const due = Math.floor((performance.now() - this.#reached) / this.#tick)
    for (let i = 0; i < due; i++) {
      this.#reached += this.#tick
      this.#cursor = (this.#cursor + 1) % SLOTS
      for (const entry of this.#due(this.#slots[this.#cursor] as Slot)) {
        // A callback may have cleared one that comes after it.
        if (entry.slot === undefined) continue
        const { target } = entry
        this.remove(entry)
        try {
          if (typeof target === 'function') target()
          else target.expired()
        } catch (error) {
          // Thrown from here it would stop the wheel, and with it every other timeout; so it is thrown from elsewhere.
          queueMicrotask(() => {
            throw error
          })
        }
      }
    }
    if (this.#size > 0) this.#schedule()
    else this.#running = undefined
  }
}
