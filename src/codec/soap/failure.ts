import { FacetError, isFacetError } from '../../errors.ts'
import { partDecoder, ShapeError, type XmlLimits } from '../xml/index.ts'
import { type Envelope, faultPart, type SoapAnswer } from './answer.ts'
import { faultError, withoutDetails } from './fault.ts'
import type { Message } from './multiref.ts'
import { ENVELOPES, VERSIONS } from './version.ts'

/** No Fault is longer: an answer that is, and does not fit, is not looked through for one. */
const LONGEST_FAULT = 262_144

/** What it means that a message could not be read to what was declared. */
export type ExplainFailure = (error: unknown, message: Message) => unknown

/**
 * Explains failures. A Fault whose detail is not what was declared is a Fault still, and says more than that does; and a Fault
 * may be of the other version, since that is how a service says that it does not know this one (SOAP 1.2 part 1, appendix A).
 */
export function failureExplainer({
  faults,
  limits,
}: SoapAnswer & { readonly limits?: XmlLimits | undefined }): ExplainFailure {
  const table = withoutDetails(faults)
  const decoders = VERSIONS.map((version) =>
    partDecoder(faultPart(version, table), { ...envelopeOf(version, limits), slicedAbove: LONGEST_FAULT }),
  )
  return (error, { bytes, contentType }) => {
    if (!isFacetError(error) || !(error.cause instanceof ShapeError)) return error
    for (const decode of bytes.length > LONGEST_FAULT ? [] : decoders) {
      try {
        const { Body: body } = decode(bytes, contentType) as Envelope
        if (body?.Fault) return faultError(body.Fault, faults, false)
      } catch (other) {
        if (!isFacetError(other)) throw other
      }
    }
    return asItIs(error.cause)
  }
}

/** The root element of a version's envelopes. */
export function envelopeOf(
  version: keyof typeof ENVELOPES,
  limits: XmlLimits | undefined,
): { readonly root: string; readonly namespaces: readonly string[]; readonly limits?: XmlLimits } {
  return { root: 'Envelope', namespaces: [ENVELOPES[version]], ...(limits && { limits }) }
}

/** What is wrong with the envelope itself makes it none; what is in it is not what was declared. */
function asItIs(cause: ShapeError): FacetError {
  const [, ...within] = cause.path
  if (within.length === 0) return malformed(`no SOAP envelope: ${cause.message}`, cause)
  const path = within[0] === 'answer' ? within.slice(1) : cause.path
  return new FacetError('backend-shape', { detail: `${path.join('.') || 'the answer'}: ${cause.reason}`, cause })
}

/** Something that is no answer. */
export function malformed(what: string, cause?: Error): FacetError {
  return new FacetError('backend-malformed', { detail: `the answer is ${what}`, cause })
}
