import type { Format } from '../../endpoint/client.ts'
import type { TransformSettings } from '../../endpoint/proxy-transform-options.ts'
import { FacetError } from '../../errors.ts'
import type { Fields } from '../../lib/fields.ts'
import type { RequestContext } from '../context.ts'
import { accepts, BodySizeError, codingsOf, decodeBody, encodeBody } from './body-coding.ts'
import { type BodyFormats, formatOf, translatedType, writtenType } from './body-format.ts'
import { type AnswerChange, answerTooLarge } from './held-answer.ts'
import { runHook, unwritable } from './hook.ts'
import { changedHead, unmodifiedHead } from './transformed-head.ts'

/**
 * Settles what becomes of a route's responses, whatever their status: errors in XML and SOAP Faults are translated like everything else.
 * What cannot be read or written is `backend-malformed`.
 */
export function answerTransform(
  route: string,
  { as, response: hook, maxBytes, mediaType }: TransformSettings,
  formats: BodyFormats,
): (context: RequestContext) => AnswerChange {
  const name = `the response hook of proxy '${route}'`
  const isChanged = (format: Format | undefined): format is Format =>
    format !== undefined && (hook !== undefined || (as !== undefined && format !== as))

  return (context) => {
    const { method } = context.record

    /** What is said of a changed body, but for its length. */
    const described = (fields: Fields, format: Format) => {
      const type = fields.all('content-type')[0] as string
      const target = as ?? format
      const had = codingsOf(fields.get('content-encoding')) ?? []
      const codings = accepts(context.header('accept-encoding'), had) ? had : []
      const contentType = target === format ? writtenType(type, format) : translatedType(target, mediaType)
      return { target, codings, contentType, isNegotiated: had.length > 0 }
    }

    return {
      maxBytes,
      isHeld: (status, fields) => {
        const hasBody = method !== 'HEAD' && status !== 204 && status !== 205 && status !== 304
        if (!hasBody || !isChanged(formatOf(fields.all('content-type')[0]))) return false
        if (status === 206) throw malformed('a piece of what was asked for whole')
        if (!codingsOf(fields.get('content-encoding'))) throw malformed('in a content coding that is not known')
        return true
      },
      head: (status, fields) => {
        if (status === 304) return unmodifiedHead(fields)
        const format = formatOf(fields.all('content-type')[0])
        if (method !== 'HEAD' || !isChanged(format)) return undefined
        return changedHead(fields, { ...described(fields, format), length: undefined })
      },
      change: async (status, fields, body) => {
        const type = fields.all('content-type')[0]
        const format = formatOf(type) as Format
        const plain = await decoded(body, fields, maxBytes)
        // Nothing at all is no document, whatever its media type.
        if (plain.length === 0) return { headers: fields.raw, body }
        const value = await readBody(formats, format, plain, type, context)
        const seen = { status, header: (field: string) => fields.get(field) }
        const given = hook ? runHook(name, hook, context, seen, value) : value
        const about = described(fields, format)
        let text: string
        try {
          text = formats.write(about.target, given, 'replace')
        } catch (cause) {
          // What could not have been written without the hook either is not its mistake.
          if (hook && formats.canWrite(about.target, value, 'replace')) throw unwritable(name, about.target, cause)
          throw malformed(`nothing that ${about.target} can say`, cause)
        }
        const encoded = await encodeBody(Buffer.from(text), about.codings)
        return { headers: changedHead(fields, { ...about, length: encoded.length }), body: encoded }
      },
    }
  }
}

async function decoded(body: Buffer, fields: Fields, maxBytes: number): Promise<Buffer> {
  try {
    return await decodeBody(body, codingsOf(fields.get('content-encoding')) ?? [], maxBytes)
  } catch (cause) {
    throw cause instanceof BodySizeError ? answerTooLarge() : malformed('not in its content coding', cause)
  }
}

async function readBody(
  formats: BodyFormats,
  format: Format,
  bytes: Buffer,
  type: string | undefined,
  { token }: RequestContext,
): Promise<unknown> {
  try {
    return await formats.read(format, bytes, type, token)
  } catch (cause) {
    throw token.aborted ? token.reason : malformed(`not ${format}`, cause)
  }
}

function malformed(what: string, cause?: unknown): FacetError {
  return new FacetError('backend-malformed', { detail: `the answer is ${what}`, cause })
}
