import { FacetError } from '../../errors.ts'
import { xmlFailure } from './decoder.ts'
import type { XmlLimits } from './limits.ts'
import { type Element, parseTree } from './tree.ts'

export { partDecoder, xmlDecoder } from './decoder.ts'
export { elementWriter, xmlEncoder } from './encoder.ts'
export type { Unsendable } from './escape.ts'
export { ShapeError, XmlLimitError, type XmlLimits, XmlSyntaxError } from './limits.ts'
export { isXmlName } from './names.ts'
export { OUTPUT_CHARSETS, type OutputCharset } from './output-charset.ts'
export { writePlain } from './plain.ts'
export type { XmlReading } from './reading.ts'
export type { Element } from './tree.ts'
export { vocabulary } from './vocabulary.ts'

/**
 * Reads a whole document, whatever is in it.
 *
 * @throws FacetError `backend-malformed`
 */
export function readDocument(bytes: Buffer, contentType: string | undefined, limits?: XmlLimits): Element {
  if (bytes.length === 0) throw new FacetError('backend-malformed', { detail: 'the answer is empty' })
  try {
    return parseTree(bytes, contentType, limits)
  } catch (error) {
    throw xmlFailure(error)
  }
}
