import type { z } from 'zod'
import { parseJson } from '../codec/json.ts'
import { ShapeError, XmlLimitError, XmlSyntaxError, xmlDecoder } from '../codec/xml/index.ts'
import { FacetError, type Issue, isFacetError } from '../errors.ts'
import type { TimerWheel } from '../lib/timer-wheel.ts'
import type { RequestContext } from './context.ts'

/** How bodies are read. */
export interface BodyOptions {
  readonly maxBytes: number
  /** Milliseconds in which the whole body must be there. */
  readonly deadline: number
  readonly timers: TimerWheel
}

/** Bytes to a value, by media type. */
export type BodyReader = (context: RequestContext, options: BodyOptions) => Promise<unknown>

/** A reader of an endpoint's bodies: JSON, and XML where the schema can direct it. */
export function bodyReader(schema: z.ZodType): BodyReader {
  const decodeXml = xmlReader(schema)
  return async (context, options) => {
    // In somebody else's Express app a body parser may have been there first; the stream is empty then, and waiting for it would hang.
    const { body: parsed } = context.request as { body?: unknown }
    if (parsed !== undefined) return parsed
    const type = mediaType(context)
    const isJson = type === 'application/json' || type.endsWith('+json')
    const coding = context.header('content-encoding') ?? 'identity'
    if ((!isJson && !(isXml(type) && decodeXml)) || coding.toLowerCase() !== 'identity') {
      throw new FacetError('media-unsupported', {
        headers: {
          Accept: decodeXml ? 'application/json, application/xml' : 'application/json',
          'Accept-Encoding': 'identity',
        },
      })
    }
    const bytes = await readBytes(context, options)
    try {
      return isJson ? parseJson(bytes) : await decodeXml?.(bytes, context.header('content-type'), context.token)
    } catch (cause) {
      if (isFacetError(cause) && (cause.code === 'client-closed' || cause.code === 'deadline')) throw cause
      throw new FacetError('input-invalid', {
        issues: [isJson ? { path: 'body', message: 'not JSON' } : xmlIssue(cause)],
        cause: isFacetError(cause) ? cause.cause : cause,
      })
    }
  }
}

/**
 * An endpoint without a body schema passes over what it is sent, but not over XML: its sender means it to be translated.
 *
 * @throws FacetError `media-unsupported`
 */
export function refuseXml(context: RequestContext): void {
  const hasBody = context.header('transfer-encoding') !== undefined || Number(context.header('content-length') ?? 0) > 0
  if (hasBody && isXml(mediaType(context))) throw new FacetError('media-unsupported')
}

function mediaType(context: RequestContext): string {
  return (context.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

function isXml(type: string): boolean {
  return type === 'application/xml' || type === 'text/xml' || type.endsWith('+xml')
}

/** What is wrong with the caller's XML, and where. */
export function xmlIssue(error: unknown): Issue {
  const cause = isFacetError(error) ? error.cause : error
  if (cause instanceof ShapeError) return { path: ['body', ...cause.path].join('.'), message: cause.reason }
  const isKnown = cause instanceof XmlSyntaxError || cause instanceof XmlLimitError
  return { path: 'body', message: isKnown ? `not XML that can be read: ${cause.message}` : 'not well-formed XML' }
}

/** Not every schema can direct XML; an endpoint with such a one takes JSON only. */
function xmlReader(schema: z.ZodType): ReturnType<typeof xmlDecoder> | undefined {
  try {
    return xmlDecoder(schema)
  } catch {
    return undefined
  }
}

/**
 * The request's body, whole.
 *
 * @throws FacetError `body-too-large` as soon as that is known, `request-timeout`, or `client-closed`
 */
export function readBytes(
  { request, token }: RequestContext,
  { maxBytes, deadline, timers }: BodyOptions,
): Promise<Buffer> {
  // What is left of a refused body would be read as the next request, so the connection ends with the answer.
  const tooLarge = () => new FacetError('body-too-large', { headers: { Connection: 'close' } })
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.reject(tooLarge())
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const end = () => {
      timer.clear()
      token.off(fail)
      request.off('data', onData).off('end', onEnd).off('error', fail)
    }
    const fail = (error: unknown) => {
      end()
      request.pause()
      reject(error)
    }
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size > maxBytes) return fail(tooLarge())
      chunks.push(chunk)
    }
    const onEnd = () => {
      end()
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size))
    }
    const timer = timers.set(deadline, () =>
      fail(new FacetError('request-timeout', { headers: { Connection: 'close' } })),
    )
    request.on('data', onData).on('end', onEnd).on('error', fail)
    token.on(fail)
  })
}
