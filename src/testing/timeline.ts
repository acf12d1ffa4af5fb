import { type CallRecord, channels, type RefreshRecord, type RequestRecord } from '../channels.ts'

/** Something that happened. */
export type TimelineEvent =
  | { readonly kind: 'request'; readonly record: RequestRecord }
  | { readonly kind: 'call'; readonly record: CallRecord }
  | { readonly kind: 'refresh'; readonly record: RefreshRecord }

/** What happened, in order. */
export interface Timeline {
  readonly events: readonly TimelineEvent[]
  readonly requests: readonly RequestRecord[]
  readonly calls: readonly CallRecord[]
  readonly refreshes: readonly RefreshRecord[]
  /** Resolves as soon as so many requests have ended; rejects after two seconds. */
  ended(requests: number): Promise<void>
  /** Stops recording. */
  close(): void
}

/**
 * Records what Facet publishes on its channels, for tests that assert what was called and how it went.
 *
 * @example
 * const seen = timeline()
 * await facet.get('/customers/1/overview')
 * expect(seen.calls.map(({ call }) => call)).toEqual(['GET /users/:id', 'GetInvoices'])
 */
export function timeline(): Timeline {
  const events: TimelineEvent[] = []
  const kinds = ['request', 'call', 'refresh'] as const
  const listeners = kinds.map(
    (kind) => [kind, (record: unknown) => void events.push({ kind, record } as TimelineEvent)] as const,
  )
  for (const [kind, listener] of listeners) channels[kind].subscribe(listener)
  const of = <K extends TimelineEvent['kind']>(kind: K) =>
    events.flatMap((event) =>
      event.kind === kind ? [event.record as Extract<TimelineEvent, { kind: K }>['record']] : [],
    )
  return {
    events,
    get requests() {
      return of('request')
    },
    get calls() {
      return of('call')
    },
    get refreshes() {
      return of('refresh')
    },
    ended: async (requests) => {
      for (let waited = 0; of('request').length < requests; waited += 5) {
        if (waited > 2_000)
          throw new Error(`${of('request').length} of ${requests} requests have ended after two seconds`)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
    close: () => {
      for (const [kind, listener] of listeners) channels[kind].unsubscribe(listener)
    },
  }
}
