import type { z } from 'zod'
import { FacetError } from '../errors.ts'
import type { Decode, Encode } from './codec.ts'
import { elementReader, elementWriter, readDocument } from './xml/index.ts'

/** SOAP 1.1, section 3. */
const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/'

/** A writer of SOAP 1.1 requests, document/literal: the schema describes what is in the operation's element. */
export function soapEncoder(schema: z.core.$ZodType, operation: string, namespace: string): Encode {
  const write = elementWriter(schema, { local: operation, ns: namespace })
  const open = `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="${ENVELOPE}"><soap:Body>`
  return (value) => ({
    body: `${open}${write(value)}</soap:Body></soap:Envelope>`,
    contentType: 'text/xml; charset=utf-8',
  })
}

/**
 * A reader of SOAP 1.1 answers: the schema describes what is in the answer's element, the first one of the body.
 *
 * @throws FacetError `backend-fault` for a Fault, on whatever status; its words stay in the log
 */
export function soapDecoder(schema: z.core.$ZodType, namespace: string): Decode {
  const read = elementReader(schema)
  return (bytes, contentType) => {
    const envelope = readDocument(bytes, contentType)
    if (envelope.local !== 'Envelope' || envelope.ns !== ENVELOPE) {
      throw new FacetError('backend-malformed', {
        detail: `the answer is no SOAP 1.1 envelope but '${envelope.local}'`,
      })
    }
    const [body] = envelope.children('Body', ENVELOPE)
    const [fault] = body?.children('Fault', ENVELOPE) ?? []
    if (fault) {
      const said = (name: string) => fault.children(name, undefined)[0]?.text.trim() ?? ''
      throw new FacetError('backend-fault', { detail: `Fault ${said('faultcode')}: ${said('faultstring')}` })
    }
    const [answer] = body?.all() ?? []
    if (!answer) throw new FacetError('backend-malformed', { detail: 'the SOAP body is empty' })
    if (answer.ns !== namespace) {
      throw new FacetError('backend-shape', {
        detail: `the answer '${answer.local}' is in the namespace '${answer.ns}', not '${namespace}'`,
      })
    }
    return read(answer)
  }
}
