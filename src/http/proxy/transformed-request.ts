import type { Format } from '../../endpoint/client.ts'
import type { TransformSettings } from '../../endpoint/proxy-transform-options.ts'
import { FacetError, isFacetError } from '../../errors.ts'
import type { TimerWheel } from '../../lib/timer-wheel.ts'
import { readBytes, xmlIssue } from '../body.ts'
import type { RequestContext } from '../context.ts'
import { wantBody } from '../continue.ts'
import { BODY_CODINGS, BodySizeError, codingsOf, decodeBody, encodeBody } from './body-coding.ts'
import { type BodyFormats, formatOf, translatedType, writtenType } from './body-format.ts'
import { runHook, unwritable } from './hook.ts'
import { swallowedBody } from './swallowed-body.ts'
import { describeBody, withoutLength } from './transformed-head.ts'

/** Milliseconds in which a body that is to be changed must be there whole. */
export const READING = 30_000

/** The changed body of a request, its head amended in place; undefined where it is to be streamed as it comes. */
export type ChangedBody = (context: RequestContext, headers: string[]) => Promise<Buffer | undefined>

/**
 * Settles what becomes of the requests' bodies of a route.
 *
 * Rejects with a FacetError: `body-too-large`, `request-timeout` or `client-closed`, `media-unsupported` for a content coding that is not
 * known, `input-invalid` for what cannot be read, or written in the backend's format.
 */
export function requestTransform(
  route: string,
  { as, request: hook, maxBytes, mediaType }: TransformSettings,
  formats: BodyFormats,
  timers: TimerWheel,
): ChangedBody {
  const name = `the request hook of proxy '${route}'`
  return async (context, headers) => {
    const type = context.header('content-type') ?? ''
    const format = formatOf(type)
    const target = as === undefined ? format : OTHER[as]
    if (!format || !target || (!hook && format === target)) return undefined
    const swallowed = context.request.readableEnded ? swallowedBody(context.request) : undefined
    const codings = swallowed?.isNew ? [] : codingsOf(context.header('content-encoding'))
    if (!codings) throw new FacetError('media-unsupported', { headers: { 'Accept-Encoding': BODY_CODINGS } })
    const bytes = swallowed?.bytes ?? (await received(context, maxBytes, timers))
    const plain = await decodeBody(bytes, codings, maxBytes).catch((cause: unknown) => {
      throw cause instanceof BodySizeError
        ? new FacetError('body-too-large')
        : invalid('not in the content coding that it is said to be in', cause)
    })
    if (plain.length === 0) {
      if (swallowed?.isNew) describeBody(headers, type, true)
      else withoutLength(headers)
      return bytes
    }
    const value = await readBody(formats, format, plain, swallowed?.type ?? type, context)
    const given = hook ? runHook(name, hook, context, { header: (field) => context.header(field) }, value) : value
    let text: string
    try {
      text = formats.write(target, given, 'refuse')
    } catch (cause) {
      // What could not have been written without the hook either is not its mistake.
      if (hook && formats.canWrite(target, value, 'refuse')) throw unwritable(name, target, cause)
      throw invalid(isFacetError(cause) ? cause.message : `it cannot be written as ${target}`, cause)
    }
    describeBody(
      headers,
      target === format ? writtenType(type, format) : translatedType(target, mediaType),
      swallowed?.isNew === true,
    )
    return await encodeBody(Buffer.from(text), codings)
  }
}

const OTHER: Readonly<Record<Format, Format>> = { json: 'xml', xml: 'json' }

async function received(context: RequestContext, maxBytes: number, timers: TimerWheel): Promise<Buffer> {
  context.watchClient()
  // One who asks first is told before he has sent it all.
  if (Number(context.header('content-length') ?? 0) <= maxBytes) wantBody(context.response)
  try {
    return await readBytes(context, { maxBytes, deadline: READING, timers })
  } catch (error) {
    throw isFacetError(error) ? error : new FacetError('client-closed', { cause: error })
  }
}

async function readBody(
  formats: BodyFormats,
  format: Format,
  bytes: Buffer,
  type: string,
  { token }: RequestContext,
): Promise<unknown> {
  try {
    return await formats.read(format, bytes, type, token)
  } catch (cause) {
    if (token.aborted) throw token.reason
    throw format === 'json' ? invalid('not JSON', cause) : invalid(xmlIssue(cause).message, cause)
  }
}

function invalid(message: string, cause: unknown): FacetError {
  return new FacetError('input-invalid', { issues: [{ path: 'body', message }], cause })
}
