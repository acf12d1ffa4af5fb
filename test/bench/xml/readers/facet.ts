import { xmlDecoder } from '../../../../src/codec/xml/index.ts'
import type { XmlDocument } from '../documents.ts'
import { statementSchema } from '../statement.ts'

// At once, since nobody else waits here; what slices cost is what xmlLarge measures.
const decode = xmlDecoder(statementSchema, { slicedAbove: Number.POSITIVE_INFINITY })

/** What Facet's codec does: bytes to the declared shape. The schema directs it, and has not checked it yet. */
export function read({ bytes, contentType }: XmlDocument): unknown {
  return decode(bytes, contentType)
}

/** What a call of Facet's does: the schema's check as well. */
export function readChecked({ bytes, contentType }: XmlDocument): unknown {
  const { success, data } = statementSchema.safeParse(decode(bytes, contentType))
  if (!success) throw new Error('the answer is not what the schema says')
  return data
}
