import type { z } from 'zod'
import { FacetError } from '../../errors.ts'
import type { Decode, Encode } from '../codec.ts'
import { decodeText } from './charset.ts'
import { readElement } from './read.ts'
import { isXmlName, shapeOf } from './shape.ts'
import { type Element, parseXml } from './tree.ts'
import { type Name, writeElement } from './write.ts'

export { writePlain } from './plain.ts'
export { vocabulary } from './vocabulary.ts'

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

/** Parses the document in a backend's answer. */
export function readDocument(bytes: Buffer, contentType: string | undefined): Element {
  if (bytes.length === 0) throw new FacetError('backend-malformed', { detail: 'the answer is empty' })
  return parseXml(decodeText(bytes, contentType))
}

/** A reader of one element, directed by a schema. */
export function elementReader(schema: z.core.$ZodType): (element: Element) => unknown {
  const shape = shapeOf(schema, 'read')
  return (element) => readElement(element, shape)
}

/** A reader of documents, directed by a schema: the schema describes what is in the root element. */
export function xmlDecoder(schema: z.core.$ZodType, root?: string): Decode {
  const read = elementReader(schema)
  return (bytes, contentType) => {
    const element = readDocument(bytes, contentType)
    if (root !== undefined && element.local !== root) {
      throw new FacetError('backend-shape', { detail: `the root element is '${element.local}', not '${root}'` })
    }
    return read(element)
  }
}

/**
 * A writer of one element, directed by a schema.
 *
 * @throws TypeError for a name that is not one of XML, or a schema that cannot direct XML
 */
export function elementWriter(schema: z.core.$ZodType, name: Name): (value: unknown) => string {
  if (!isXmlName(name.local)) throw new TypeError(`'${name.local}' is not the name of an XML element`)
  const shape = shapeOf(schema, 'write')
  return (value) => writeElement(name, value, shape)
}

/** A writer of documents, directed by a schema. */
export function xmlEncoder(schema: z.core.$ZodType, name: Name): Encode {
  const write = elementWriter(schema, name)
  return (value) => ({ body: DECLARATION + write(value), contentType: 'application/xml; charset=utf-8' })
}
