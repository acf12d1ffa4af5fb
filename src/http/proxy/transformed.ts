import type { Dispatcher } from 'undici'
import type { Runtime } from '../../call/call.ts'
import type { ProxyRoute } from '../../endpoint/proxy.ts'
import type { RequestContext } from '../context.ts'
import { bodyFormats } from './body-format.ts'
import { type Connections, HeldAnswer } from './held-answer.ts'
import { IDLE } from './pools.ts'
import { answerTransform } from './transformed-answer.ts'
import { askForWhole } from './transformed-head.ts'
import { READING, requestTransform } from './transformed-request.ts'

/** What becomes of one request, and of its response. */
export interface Transformed {
  /** Its body, changed; undefined where there is none, or it is streamed as it comes. */
  readonly body: Buffer | undefined
  /** The connections over which it is asked, with its response changed on the way. */
  through(pool: Dispatcher): Connections
}

/**
 * Changes a request for its backend.
 *
 * @param headers names and values in turn; those that do not hold any more are replaced, in place
 * @throws FacetError where its body cannot be read, or a hook throws
 */
export type Transform = (context: RequestContext, headers: string[], hasBody: boolean) => Promise<Transformed>

/** What a route changes of the bodies that it passes on; undefined where it changes nothing. */
export function transformOf({ route, transform, backend }: ProxyRoute, { timers }: Runtime): Transform | undefined {
  if (!transform) return undefined
  const { as, response } = transform
  const formats = bodyFormats(transform)
  const changedBody = requestTransform(route, transform, formats, timers)
  const changeOf = as || response ? answerTransform(route, transform, formats) : undefined
  const quiet = Math.min(backend.timeout, IDLE)
  const bounds = { timers, quiet, whole: Math.max(quiet, READING) }
  return async (context, headers, hasBody) => {
    if (changeOf) askForWhole(headers, as)
    const body = hasBody ? await changedBody(context, headers) : undefined
    if (!changeOf) return { body, through: (pool) => pool }
    const change = changeOf(context)
    return {
      body,
      through: (pool) => ({
        dispatch: (options, taker) => pool.dispatch(options, new HeldAnswer(taker, change, bounds)),
      }),
    }
  }
}
