import { CancelToken } from '../lib/cancel.ts'
import type { CallContext } from './call.ts'
import { noteTags } from './note.ts'

/**
 * What a part of a call runs with that may be given up while the rest goes on, such as one of several attempts: a token of its own, by
 * which it is aborted alone, and notes of its own, which reach the caller only if its answer does. For the rest it is the caller's.
 */
export class ChildContext implements CallContext {
  readonly token = new CancelToken()
  readonly deadline: number
  readonly caller: CallContext['caller']
  readonly source: string
  /** None: what others wait for is not theirs to give up. */
  readonly memo = undefined
  readonly patience: CallContext['patience']
  readonly dataTags: CallContext['dataTags']
  readonly conditions: CallContext['conditions']
  readonly isBypassing: boolean
  readonly wantsHead: boolean
  readonly isShared: boolean
  readonly isHasty: boolean
  cache: CallContext['cache'] = undefined
  fresh = Number.POSITIVE_INFINITY
  tags: CallContext['tags'] = undefined
  told: CallContext['told'] = undefined
  bytes = 0
  head?: NonNullable<CallContext['head']>
  readonly #parent: CallContext
  #degraded: unknown[] | undefined

  /** @param deadline as `performance.now()` counts */
  constructor(parent: CallContext, deadline: number = parent.deadline) {
    this.deadline = deadline
    this.caller = parent.caller
    this.source = parent.source
    this.patience = parent.patience
    this.dataTags = parent.dataTags
    this.conditions = parent.conditions
    this.isBypassing = parent.isBypassing ?? false
    this.wantsHead = parent.wantsHead ?? false
    this.isShared = parent.isShared ?? false
    this.isHasty = parent.isHasty ?? false
    this.#parent = parent
  }

  degrade(error: unknown): void {
    this.#degraded ??= []
    this.#degraded.push(error)
  }

  /** Notes for the caller what was noted here: its answer is this one's. */
  handOver(): void {
    const parent = this.#parent
    parent.bytes = this.bytes
    parent.fresh = Math.min(parent.fresh, this.fresh)
    if (this.cache) parent.cache = this.cache
    if (this.head) parent.head = this.head
    if (this.tags) noteTags(parent, this.tags)
    if (this.told) {
      parent.told ??= []
      parent.told.push(...this.told)
    }
    for (const error of this.#degraded ?? []) parent.degrade(error)
  }
}
