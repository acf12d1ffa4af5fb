import type { z } from 'zod'
import type { Encode } from '../codec.ts'
import type { Unsendable } from './escape.ts'
import { isXmlName, isXmlPrefix } from './names.ts'
import { encodeDocument, type OutputCharset } from './output-charset.ts'
import { rootNameOf } from './root-name.ts'
import { elementPartOf } from './walk.ts'
import { locateFault } from './write-fault.ts'
import { type Name, Writer } from './writer.ts'

/** How documents are written. */
export interface XmlWriting {
  /** UTF-8 if not said. */
  readonly charset?: OutputCharset
  /** What becomes of characters that XML cannot carry: refused if not said. */
  readonly unsendable?: Unsendable
}

/**
 * A writer of one element, directed by a schema.
 *
 * @param otherwise its name, as far as the schema does not say it
 * @throws TypeError for a name that is not one of XML, or a schema that cannot direct XML
 */
export function elementWriter(
  schema: z.core.$ZodType,
  otherwise: Name,
  { unsendable }: XmlWriting = {},
): (value: unknown) => string {
  const name = nameOf(schema, otherwise)
  if (!isXmlName(name.local)) throw new TypeError(`'${name.local}' is not the name of an XML element`)
  if (name.prefix !== undefined && !isXmlPrefix(name.prefix))
    throw new TypeError(`'${name.prefix}' is no prefix, or one that XML keeps for itself`)
  if (name.prefix !== undefined && name.ns === '') throw new TypeError(`the prefix '${name.prefix}' has no namespace`)
  const part = elementPartOf(schema, 'write')
  const writer = new Writer(unsendable)
  return (value) => {
    try {
      return writer.document(name, value, part)
    } catch (error) {
      throw locateFault(error, value, part, unsendable)
    }
  }
}

function nameOf(schema: z.core.$ZodType, otherwise: Name): Name {
  const { name = otherwise.local, ns = otherwise.ns, prefix } = rootNameOf(schema)
  return { local: name, ns, prefix: prefix ?? (ns === otherwise.ns ? otherwise.prefix : undefined) }
}

/**
 * A writer of documents, directed by a schema.
 *
 * @throws TypeError for a name that is not one of XML, or a schema that cannot direct XML
 */
export function xmlEncoder(schema: z.core.$ZodType, otherwise: Name, writing: XmlWriting = {}): Encode {
  const write = elementWriter(schema, otherwise, writing)
  const { charset = 'utf-8' } = writing
  const label = charset === 'utf-16le' ? 'UTF-16' : charset.toUpperCase()
  const declaration = `<?xml version="1.0" encoding="${label}"?>\n`
  const contentType = `application/xml; charset=${label.toLowerCase()}`
  return (value) => {
    const root = write(value)
    if (root === '') throw new TypeError('there is nothing to write, and a document has a root element')
    return { body: encodeDocument(declaration + root, charset), contentType }
  }
}
