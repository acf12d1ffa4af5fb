import type { z } from 'zod'
import { elementOf, fieldOf, objectShape, required } from '../xml/object-shape.ts'
import type { Field, Part } from '../xml/shape.ts'
import { partOf } from '../xml/walk.ts'
import { type Fault, type FaultTable, faultSchema } from './fault.ts'
import { elementPart, elementsPart } from './parts.ts'
import type { SoapElement } from './request.ts'
import { ENVELOPES, type SoapVersion } from './version.ts'

/** What an answer may be. */
export interface SoapAnswer {
  readonly version: SoapVersion
  readonly namespace: string
  /** What is in the answer's element; nothing of the body is read without it. */
  readonly body?: z.ZodType | undefined
  /** The answer's element, where it matters which one it is. */
  readonly answer?: SoapElement | undefined
  readonly header?: z.ZodType | undefined
  readonly faults: FaultTable
}

/** What has been read of an envelope, in the order in which it came. */
export interface Envelope {
  readonly Header?: unknown
  readonly Body?: { readonly Fault?: Fault; readonly answer?: unknown }
}

/** What of an answer says whether something may be missing. */
export interface AnswerParts {
  readonly envelope: Part
  readonly body: Part | undefined
  readonly header: Part | undefined
}

/**
 * How the envelope of an answer looks (SOAP 1.1, section 4; SOAP 1.2 part 1, section 5).
 *
 * @throws TypeError for a schema that cannot direct XML
 */
export function answerParts({ version, namespace, body, answer, header, faults }: SoapAnswer): AnswerParts {
  const blocks = header && elementsPart('responseHeader', header, namespace, 'read')
  const content = body && elementPart('output', body, 'read')
  const { name = '*', ns = namespace } = answer ?? {}
  const element = content && elementOf(fieldOf({ key: 'answer', local: name, ns, part: content }))
  const fault = faultField(version, faults)
  const envelope = required(
    objectShape([
      // Read even where nobody wants it, so that it is known where it stands.
      envelopeField(version, 'Header', blocks ?? NOTHING),
      envelopeField(version, 'Body', required(objectShape([fault], element ? { rest: element } : {}))),
    ]),
  )
  return { envelope, body: content, header: blocks }
}

/** How the envelope of a Fault looks, whatever else is in it. */
export function faultPart(version: SoapVersion, faults: FaultTable): Part {
  const body = required(objectShape([faultField(version, faults)]))
  return required(objectShape([envelopeField(version, 'Body', body)]))
}

function faultField(version: SoapVersion, faults: FaultTable): Field {
  return envelopeField(version, 'Fault', partOf(faultSchema(faults), 'read'))
}

/** An element of SOAP's own: in the envelope's namespace, or it is something else. */
function envelopeField(version: SoapVersion, key: keyof Envelope | 'Fault', part: Part): Field {
  return fieldOf({ key, ns: ENVELOPES[version], part })
}

const NOTHING: Part = required(objectShape([]))
