import { z } from 'zod'
import { isToken } from '../../lib/headers.ts'

/** What plain zod cannot say about a value's place in a document. */
export interface XmlPlace {
  readonly place: 'element' | 'attribute' | 'text'
  /** The local name, where it is not the property's. */
  readonly name?: string
  /** The namespace's URI; '' is none. An element without one is in its parent's, an attribute in none. */
  readonly ns?: string
}

/** A name or a namespace that differs from what the schema's place says. */
export interface XmlName {
  readonly name?: string
  readonly ns?: string
}

const places = z.registry<XmlPlace>()

/** Where a schema's value stands, if it was said. */
export function placeOf(schema: z.core.$ZodType): XmlPlace | undefined {
  return places.get(schema)
}

function put<T extends z.ZodType>(schema: T, place: XmlPlace): T {
  if (place.name !== undefined && (!isToken(place.name) || !/^[A-Za-z_]/.test(place.name))) {
    throw new TypeError(`xml: '${place.name}' is not the name of an XML element or attribute`)
  }
  // A clone, since one schema may be an attribute here and an element there.
  const placed = schema.clone() as T
  places.add(placed, place as never)
  return placed
}

/**
 * Says in a schema what only XML has.
 *
 * @example
 * z.object({
 *   Status: xml.attr(z.string(), { name: 'status' }),
 *   Amount: z.object({ currency: xml.attr(z.string()), value: xml.text(z.number()) }),
 *   Extra: xml.element(z.string(), { ns: 'urn:acme:extra' }),
 * })
 */
export const vocabulary = {
  /** The value is an attribute of the element. */
  attr: <T extends z.ZodType>(schema: T, name: XmlName = {}): T => put(schema, { place: 'attribute', ...name }),
  /** The value is the element's own text, beside its attributes. */
  text: <T extends z.ZodType>(schema: T): T => put(schema, { place: 'text' }),
  /** The value is a child element whose name or namespace is not what its property and its parent say. */
  element: <T extends z.ZodType>(schema: T, name: XmlName): T => put(schema, { place: 'element', ...name }),
}
