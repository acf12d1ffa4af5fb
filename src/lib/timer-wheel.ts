/** A timer that has been set. */
export interface Timer {
  /** Takes the timer back; after it has fired this does nothing. */
  clear(): void
}

interface Slot {
  head: Entry | undefined
}

class Entry implements Timer {
  previous: Entry | undefined
  next: Entry | undefined
  slot: Slot | undefined
  rounds: number
  readonly fire: () => void
  readonly #wheel: TimerWheel

  constructor(wheel: TimerWheel, fire: () => void, rounds: number) {
    this.#wheel = wheel
    this.fire = fire
    this.rounds = rounds
  }

  clear(): void {
    this.#wheel.remove(this)
  }
}

const SLOTS = 256

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

  /** Calls `fire` after `ms` milliseconds, up to a tick later. */
  set(ms: number, fire: () => void): Timer {
    if (!this.#running) this.#start()
    // The wheel stands where it last turned, so the time that has passed since is counted in.
    const ticks = Math.max(1, Math.ceil((performance.now() - this.#reached + ms) / this.#tick))
    const entry = new Entry(this, fire, Math.floor((ticks - 1) / SLOTS))
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
    entry.slot = undefined
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

  #turn(): void {
    // A busy event loop makes the timeout late: every tick that has passed is turned, none is skipped.
    const due = Math.floor((performance.now() - this.#reached) / this.#tick)
    for (let i = 0; i < due; i++) {
      this.#reached += this.#tick
      this.#cursor = (this.#cursor + 1) % SLOTS
      let entry = (this.#slots[this.#cursor] as Slot).head
      while (entry) {
        const next: Entry | undefined = entry.next
        // A callback may have cleared the very entry that comes next.
        if (entry.slot !== undefined && entry.rounds-- === 0) {
          this.remove(entry)
          entry.fire()
        }
        entry = next
      }
    }
    if (this.#size > 0) this.#schedule()
    else this.#running = undefined
  }
}
