import { xmlEncoder } from '../../../../src/codec/xml/index.ts'
import type { XmlDocument } from '../documents.ts'
import { SOAP, statementSchema } from '../statement.ts'

const encode = xmlEncoder(statementSchema, { local: 'Envelope', ns: SOAP })

/** Facet's encoder, directed by the schema. */
export function write({ value }: XmlDocument): Buffer {
  const { body } = encode(value)
  return typeof body === 'string' ? Buffer.from(body) : body
}
