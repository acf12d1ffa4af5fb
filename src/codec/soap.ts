import { FacetError } from '../errors.ts'
import type { CancelToken } from '../lib/cancel.ts'
import type { Encoded } from './codec.ts'
import { answerParts, type Envelope, type SoapAnswer } from './soap/answer.ts'
import { envelopeOf, failureExplainer, malformed } from './soap/failure.ts'
import { faultError } from './soap/fault.ts'
import { inlineReferences, type Message } from './soap/multiref.ts'
import { envelopeWriter, type SoapRequest } from './soap/request.ts'
import { contentTypeOf } from './soap/version.ts'
import { xmlFailure } from './xml/decoder.ts'
import { partDecoder, type XmlLimits } from './xml/index.ts'
import type { Part } from './xml/shape.ts'

export type { SoapAnswer } from './soap/answer.ts'
export { type FaultCode, type FaultRule, type FaultTable, isReadWith } from './soap/fault.ts'
export type { SoapElement, SoapRequest } from './soap/request.ts'
export type { SoapVersion } from './soap/version.ts'

/** A writer of requests. `security` is the text of a header block of WS-Security, '' for none. */
export type SoapEncode = (body: unknown, header: unknown, security: string) => Encoded

/**
 * A writer of SOAP requests: document/literal, bare or wrapped, and rpc/literal.
 *
 * @throws TypeError for a schema that cannot direct XML, or a name that is none
 */
export function soapEncoder(request: SoapRequest & { readonly action: string }): SoapEncode {
  const write = envelopeWriter(request)
  const contentType = contentTypeOf(request.version, request.action)
  return (body, header, security) => ({ body: write(body, header, security), contentType })
}

/** What an answer is read to. */
export interface SoapContent {
  readonly body: unknown
  readonly header: unknown
}

/** How answers are read. */
export interface SoapReading extends SoapAnswer {
  readonly limits?: XmlLimits | undefined
  /** Documents of more bytes are read in slices. */
  readonly slicedAbove?: number | undefined
  /** Whether values may stand elsewhere in the message and be referred to: rpc/encoded. */
  readonly encoded?: boolean
}

/** A reader of answers. What is too long to be read in one go comes as a promise; the token ends it. */
export type SoapDecode = (
  bytes: Buffer,
  contentType: string | undefined,
  token?: CancelToken,
) => SoapContent | Promise<SoapContent>

/**
 * A reader of SOAP answers, of which a Fault is one on whatever status. It throws a FacetError: `backend-fault`, or what the
 * table says, for a Fault, whose words stay in the log; `backend-malformed` for what is no envelope; `backend-shape`.
 *
 * @throws TypeError for a schema that cannot direct XML
 */
export function soapDecoder(described: SoapReading): SoapDecode {
  // No message may have a DOCTYPE (SOAP 1.1, section 3; SOAP 1.2 part 1, section 5).
  const limits = { ...described.limits, doctype: false }
  const reading = { ...described, limits }
  const { version, namespace, answer = {}, faults } = reading
  const parts = answerParts(reading)
  const sliced = described.slicedAbove === undefined ? {} : { slicedAbove: described.slicedAbove }
  const decode = partDecoder(parts.envelope, { ...envelopeOf(version, limits), ...sliced })
  const explain = failureExplainer(reading)
  const missingHeader = parts.header && emptyReader(parts.header)
  const { name = '', ns = namespace } = answer
  const nowhere = `the SOAP body does not have ${name === '' ? 'an element' : `'${name}'`} in the namespace '${ns}'`

  const contentOf = (read: unknown): SoapContent => {
    const { Header: header, Body: body } = read as Envelope
    if (body?.Fault) throw faultError(body.Fault, faults, true)
    if (body === undefined) throw malformed('an envelope without a body')
    if (header !== undefined && Object.keys(read as Envelope)[0] !== 'Header')
      throw malformed('an envelope with its header behind its body')
    if (parts.body && !parts.body.optional && !Object.hasOwn(body, 'answer'))
      throw new FacetError('backend-shape', { detail: nowhere })
    return { body: body.answer, header: header === undefined ? missingHeader?.() : header }
  }

  return (bytes, contentType, token) => {
    // Where no answer is read, none may come.
    if (bytes.length === 0 && !parts.body) return { body: undefined, header: missingHeader?.() }
    const message = prepare(bytes, contentType, reading)
    const fail = (error: unknown): never => {
      throw explain(error, message)
    }
    let read: unknown
    try {
      read = decode(message.bytes, message.contentType, token)
    } catch (error) {
      return fail(error)
    }
    return read instanceof Promise ? read.then(contentOf, fail) : contentOf(read)
  }
}

function prepare(bytes: Buffer, contentType: string | undefined, { encoded, limits }: SoapReading): Message {
  try {
    return encoded ? inlineReferences(bytes, contentType, limits) : { bytes, contentType }
  } catch (error) {
    throw xmlFailure(error)
  }
}

/** What a header is that is not there: one without a block, unless it may be missing. */
function emptyReader(part: Part): () => unknown {
  const decode = partDecoder(part)
  return () => (part.optional ? undefined : decode(EMPTY, undefined))
}

const EMPTY = Buffer.from('<Header/>')
