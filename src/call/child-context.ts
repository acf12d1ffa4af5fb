import type { CancelToken } from '../lib/cancel.ts'
import type { CallContext } from './call.ts'
import { noteTags } from './note.ts'

/** What a part of a call runs with that may be given up while the rest goes on: a token of its own, and notes of its own. */
export class ChildContext implements CallContext {
  readonly token: CancelToken
  readonly deadline: number
  readonly caller: CallContext['caller']
  readonly source: string
  readonly memo: CallContext['memo']
  readonly patience: CallContext['patience']
  readonly dataTags: CallContext['dataTags']
  readonly isBypassing: boolean
  readonly wantsHead: boolean
  readonly isShared: boolean
  readonly conditions: CallContext['conditions']
  cache: CallContext['cache'] = undefined
  fresh = Number.POSITIVE_INFINITY
  tags: CallContext['tags'] = undefined
  told: CallContext['told'] = undefined
  bytes = 0
  head?: NonNullable<CallContext['head']>
  readonly #parent: CallContext

  constructor(parent: CallContext, token: CancelToken, deadline: number = parent.deadline) {
    this.token = token
    this.deadline = deadline
    this.caller = parent.caller
    this.source = parent.source
    this.memo = parent.memo
    this.patience = parent.patience
    this.dataTags = parent.dataTags
    this.isBypassing = parent.isBypassing ?? false
    this.wantsHead = parent.wantsHead ?? false
    this.isShared = parent.isShared ?? false
    this.conditions = parent.conditions
    this.#parent = parent
  }

  degrade(error: unknown): void {
    this.#parent.degrade(error)
  }

  /** Hands what was noted on to the whole, whose answer this one's is. */
  adopt(): void {
    const parent = this.#parent
    parent.cache = this.cache ?? parent.cache
    parent.fresh = Math.min(parent.fresh, this.fresh)
    parent.bytes = this.bytes
    if (this.head) parent.head = this.head
    if (this.told) parent.told = [...(parent.told ?? []), ...this.told]
    noteTags(parent, this.tags ?? [])
  }
}
