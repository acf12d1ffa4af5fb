import { currentScope } from '../call/scope.ts'
import { FacetError } from '../errors.ts'
import { failure } from './failure.ts'
import type { Log } from './log.ts'

/**
 * Takes the rejections of promises that nobody awaits, which would end the process and all requests in it. Where one comes out
 * of a function of a team, its request fails if it is not over yet. What is thrown out of a timer or an event still ends the process:
 * nobody can know what was left half done.
 */
export function catchForgotten(log: Log): { close(): void } {
  const onRejection = (error: unknown) => {
    const { caller, token, source } = currentScope() ?? {}
    const failed = new FacetError('internal', { detail: 'a promise that nobody awaits was rejected', cause: error })
    failed.source = source
    const { route, client } = caller?.record ?? {}
    log.error({ id: caller?.requestId, endpoint: route, client, ...failure(failed) }, 'a promise was forgotten')
    token?.cancel(failed)
  }
  process.on('unhandledRejection', onRejection)
  return { close: () => void process.off('unhandledRejection', onRejection) }
}
