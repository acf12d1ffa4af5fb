import type { IncomingMessage } from 'node:http'
import { FacetError } from '../../errors.ts'
import { parametersOf } from '../../lib/media-type.ts'
import { formatOf, writtenType } from './body-format.ts'
import { writeForm } from './form-body.ts'
import { describeBody, withoutLength } from './transformed-head.ts'

/** A body that somebody else has read. */
export interface SwallowedBody {
  readonly bytes: Buffer
  /** Its media type, which may say another charset than what came; '' where nothing was said. */
  readonly type: string
  /** Whether these are other bytes than came: in no content coding, and not what the digests were made of. */
  readonly isNew: boolean
}

/**
 * What a body parser in front of Facet has made of a body: in somebody's Express app it has read the request before it came here. It is
 * written again, in its own media type and in UTF-8; the backend would else wait for what never comes.
 *
 * @throws FacetError `internal` for a body that is gone, or that cannot be written again
 */
export function swallowedBody(request: IncomingMessage): SwallowedBody {
  const { body } = request as { readonly body?: unknown }
  const { 'content-type': type = '', 'content-encoding': coding = '', 'content-length': said } = request.headers
  const isCoded = !/^(identity)?$/i.test(coding)
  const length = said === undefined ? undefined : Number(said)
  // Who keeps the bytes mostly undoes their coding; one that does not has as many as came.
  if (Buffer.isBuffer(body)) return { bytes: body, type, isNew: isCoded && body.length !== length }
  if (body !== undefined && formatOf(type) === 'json') {
    const text = typeof body === 'string' && isText(body, length) ? body : JSON.stringify(body)
    return { bytes: Buffer.from(text), type: inUtf8(type, 'json'), isNew: true }
  }
  if (typeof body === 'string') return { bytes: Buffer.from(body), type: inUtf8(type, 'xml'), isNew: true }
  if (typeof body === 'object' && body !== null && FORM.test(type)) {
    const text = writeForm(body, isCoded ? undefined : length)
    if (text !== undefined) return { bytes: Buffer.from(text), type: inUtf8(type, 'json'), isNew: true }
  }
  throw new FacetError('internal', {
    detail: `the body (${type || 'of no media type'}) was read by a middleware in front of Facet and cannot be passed on as it was; mount that behind it`,
  })
}

/**
 * The same for a request that is passed on as it is otherwise.
 *
 * @param headers names and values in turn: what does not hold any more is amended, in place
 */
export function swallowedAsItIs(request: IncomingMessage, headers: string[]): Buffer {
  const { bytes, type, isNew } = swallowedBody(request)
  if (!isNew) {
    withoutLength(headers)
    return bytes
  }
  // A route may say another media type, or none.
  const at = headers.findIndex((name, at) => at % 2 === 0 && name.toLowerCase() === 'content-type')
  const said = at < 0 ? undefined : headers[at + 1]
  describeBody(headers, said === request.headers['content-type'] ? type : said, true)
  return bytes
}

const FORM = /^application\/x-www-form-urlencoded\b/i

/** Whether a text is JSON as it came, and not what a parser has made of a JSON string. */
function isText(body: string, length: number | undefined): boolean {
  if (Buffer.byteLength(body) === length) return true
  if (Buffer.byteLength(JSON.stringify(body)) === length) return false
  try {
    return body === '' || JSON.parse(body) !== undefined
  } catch {
    return false
  }
}

/** A media type whose body is UTF-8 now. @param as the format whose way it is to say so: JSON, as a form, says nothing */
function inUtf8(type: string, as: 'json' | 'xml'): string {
  const { charset = as === 'json' ? 'utf-8' : '' } = parametersOf(type)
  return type === '' || /^utf-?8$/i.test(charset) ? type : writtenType(type, as)
}
