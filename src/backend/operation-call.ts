import type { z } from 'zod'
import { type Call, type Runtime, type Send, UNCHANGED } from '../call/call.ts'
import { pipeline } from '../call/pipeline.ts'
import { inScope } from '../call/scope.ts'
import { DefinitionError, FacetError } from '../errors.ts'
import { Fields } from '../lib/fields.ts'
import type { ReadAnswer } from './answer.ts'
import { transportOf } from './open-transport.ts'
import type { OperationSettings } from './operation-options.ts'
import type { Answer, Outgoing } from './transport.ts'

/**
 * The call of an operation, whatever it speaks.
 *
 * @param write the request for an input
 * @param read what the answer means
 * @param isTeams whether a function of the team's is asked for the request
 */
export function operationCall<I>(
  settings: OperationSettings<I>,
  write: (input: I, runtime: Runtime) => Outgoing,
  read: ReadAnswer,
  isTeams: boolean,
): Call<I, unknown> {
  const { backend, name, effect, bounds } = settings
  return {
    name,
    effect,
    backends: [backend],
    parts: [],
    isKept: (settings.cache?.ttl ?? 0) > 0,
    bind: (runtime) => {
      const transport = transportOf(backend, runtime)
      const prepare = (input: I) => write(input, runtime)
      const send: Send<I, unknown> = async (input, context, instance, attempts) => {
        const requested = context.wantsHead ? Date.now() : 0
        const outgoing = isTeams ? inScope(context, prepare, input) : prepare(input)
        const conditions = outgoing.method === 'GET' ? context.conditions : undefined
        if (conditions) outgoing.headers.push(...conditions)
        if (attempts?.key !== undefined) outgoing.headers.push('idempotency-key', `"${attempts.key}"`)
        const answer = await transport.send(outgoing, context, instance, bounds)
        context.bytes = answer.body.length
        if (context.wantsHead)
          context.head = { status: answer.status, fields: fieldsOf(answer), requested, received: Date.now() }
        return conditions && answer.status === 304 ? UNCHANGED : read(answer, context.token)
      }
      return pipeline(send, runtime, settings)
    },
  }
}

function fieldsOf({ headers = {} }: Answer): Fields {
  const raw = Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().flatMap((each) => [name, each]))
  return new Fields(raw)
}

/** A schema that the codec cannot follow stops the start with the operation's name, not a request. */
export function compile<T>(what: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw new DefinitionError(`${what}: ${error instanceof Error ? error.message : error}`, error)
  }
}

/** What an `input` function gave must be what `request` declares: anything else is a mistake in the program. */
export function checkRequest(request: z.ZodType, value: unknown): unknown {
  const parsed = request.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new FacetError('internal', {
    detail: `the request does not match its declared shape: ${issue?.path.join('.')}: ${issue?.message}`,
    cause: parsed.error,
  })
}
