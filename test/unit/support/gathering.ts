import type { Call, Effect } from '../../../src/call/call.ts'
import type { SourceRecord } from '../../../src/channels.ts'
import type { AnyEndpoint } from '../../../src/endpoint/endpoint.ts'
import { type Gathered, gather } from '../../../src/endpoint/gather.ts'
import { makePlan } from '../../../src/endpoint/plan.ts'
import { newRecords } from '../../../src/endpoint/records.ts'
import type { ParsedRequest } from '../../../src/endpoint/request.ts'
import { CancelToken } from '../../../src/lib/cancel.ts'
import { testCall, testRuntime } from './calls.ts'

/** How a call of a bench fares. */
export interface Fate<O> {
  /** Milliseconds; 0 is at once. */
  readonly delay?: number
  readonly fail?: unknown
  readonly effect?: Effect
  readonly answer?: O
}

/** Runs endpoints whose calls take as long as they are told, and records when each began and ended. */
export interface GatherBench {
  readonly runtime: ReturnType<typeof testRuntime>
  readonly token: CancelToken
  /** `<milliseconds> <what> <call>`, in the order in which it happened. */
  readonly events: readonly string[]
  /** The inputs that each call was given. */
  readonly inputs: Readonly<Record<string, unknown[]>>
  /** A call that answers, its name if nothing else is said. */
  call<O = string>(name: string, fate?: Fate<O>): Call<unknown, O>
  records: SourceRecord[]
  /** When the deadline began to run; now if not said. */
  started: number | undefined
  run(
    endpoint: AnyEndpoint,
    request?: Partial<ParsedRequest>,
    reads?: readonly string[],
    maybe?: readonly string[],
  ): Promise<Gathered>
  /** What is left behind: timers set, listeners waiting. */
  left(): { readonly timers: number; readonly listeners: number }
}

/** Wants fake timers. */
export function gatherBench(): GatherBench {
  const runtime = testRuntime()
  const token = new CancelToken()
  const began = performance.now()
  const events: string[] = []
  const inputs: Record<string, unknown[]> = {}
  const note = (what: string, name: string) =>
    void events.push(`${Math.round(performance.now() - began)} ${what} ${name}`)
  const bench: GatherBench = {
    runtime,
    token,
    events,
    inputs,
    records: [],
    started: undefined,
    call: <O>(name: string, { delay = 0, fail, effect = 'read', answer = name as O }: Fate<O> = {}) =>
      testCall<unknown, O>(
        (input, context) => {
          note('start', name)
          inputs[name] ??= []
          inputs[name].push(input)
          return new Promise<O>((resolve, reject) => {
            const stop = (reason: unknown) => {
              clearTimeout(timer)
              note('abort', name)
              reject(reason)
            }
            const finish = () => {
              context.token.off(stop)
              note(fail === undefined ? 'end' : 'fail', name)
              if (fail === undefined) resolve(answer)
              else reject(fail)
            }
            const timer = delay > 0 ? setTimeout(finish, delay) : undefined
            if (delay > 0) context.token.on(stop)
            else finish()
          })
        },
        { name, effect },
      ),
    run: (endpoint, { params = {}, query = {}, ...rest } = {}, reads, maybe) => {
      const plan = makePlan(endpoint, runtime, reads, maybe)
      bench.records = newRecords(plan)
      const caller = { requestId: 'request-1', header: () => undefined }
      return gather(
        plan,
        { params, query, ...rest },
        {
          token,
          caller,
          timers: runtime.timers,
          started: bench.started ?? performance.now(),
          records: bench.records,
        },
      )
    },
    left: () => ({ timers: runtime.timers.size, listeners: token.waiting }),
  }
  return bench
}
