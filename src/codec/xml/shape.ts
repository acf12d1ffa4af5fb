import type { z } from 'zod'
import { placeOf } from './vocabulary.ts'

/** What text stands for. */
export type Scalar = 'string' | 'number' | 'bigint' | 'boolean' | 'date'

/** What a schema says about the XML of its value; made once, when the schema is first used. */
export type Shape =
  | { readonly kind: 'scalar'; readonly scalar: Scalar; readonly optional: boolean }
  | { readonly kind: 'list'; readonly item: Shape; readonly optional: boolean }
  | { readonly kind: 'object'; readonly fields: readonly Field[]; readonly optional: boolean }

/** One property of an object: where it stands and what it is. In the schema's order, which is the order of elements. */
export interface Field {
  readonly key: string
  readonly place: 'element' | 'attribute' | 'text'
  readonly local: string
  /** Undefined: an element in its parent's namespace, an attribute in none. */
  readonly ns: string | undefined
  readonly shape: Shape
}

/** `read`: what a document's text becomes before the schema checks it. `write`: what the schema gives, on its way out. */
export type Direction = 'read' | 'write'

/**
 * Walks a schema and says how its values look in XML.
 *
 * @throws TypeError that names the path and the kind of a part that cannot direct XML
 */
export function shapeOf(schema: z.core.$ZodType, direction: Direction, path = ''): Shape {
  const { def } = (schema as z.core.$ZodTypes)._zod
  switch (def.type) {
    case 'string':
    case 'template_literal':
      return scalar('string')
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'date':
      return scalar(def.type)
    case 'enum':
      return scalar(Object.values(def.entries).every((entry) => typeof entry === 'number') ? 'number' : 'string')
    case 'literal':
      return scalar(literal(def.values))
    case 'array':
      return { kind: 'list', item: shapeOf(def.element, direction, `${path}[]`), optional: false }
    case 'object':
      return {
        kind: 'object',
        fields: Object.entries(def.shape).map(([key, part]) => field(key, part, direction, path)),
        optional: false,
      }
    case 'optional':
    case 'default':
    case 'prefault':
      return { ...shapeOf(def.innerType, direction, path), optional: true }
    case 'nonoptional':
      return { ...shapeOf(def.innerType, direction, path), optional: false }
    // None of these takes `undefined`, so a list in them has no elements rather than being absent.
    case 'nullable':
    case 'catch':
    case 'readonly':
      return shapeOf(def.innerType, direction, path)
    case 'pipe': {
      const [near, far] = direction === 'read' ? [def.in, def.out] : [def.out, def.in]
      return shapeOf((near as z.core.$ZodTypes)._zod.def.type === 'transform' ? far : near, direction, path)
    }
    default:
      throw new TypeError(`the schema${path && ` at ${path}`} is a ${def.type}, which cannot say how its XML looks`)
  }
}

function scalar(kind: Scalar): Shape {
  return { kind: 'scalar', scalar: kind, optional: false }
}

function literal(values: readonly unknown[]): Scalar {
  const kind = typeof values[0]
  return kind === 'number' || kind === 'bigint' || kind === 'boolean' ? kind : 'string'
}

function field(key: string, part: z.core.$ZodType, direction: Direction, path: string): Field {
  const at = path === '' ? key : `${path}.${key}`
  const place = findPlace(part)
  const shape = shapeOf(part, direction, at)
  if (place?.place === 'text' || place?.place === 'attribute') {
    if (shape.kind !== 'scalar')
      throw new TypeError(
        `the schema at ${at} is ${shape.kind === 'list' ? 'a list' : 'an object'}, which cannot be ${place.place === 'text' ? 'text' : 'an attribute'}`,
      )
  }
  const local = place?.name ?? key
  if (!isXmlName(local))
    throw new TypeError(
      `the schema at ${at} would need the XML name '${local}'; give it one with xml.element(…, { name })`,
    )
  return { key, place: place?.place ?? 'element', local, ns: place?.ns, shape }
}

/** Whether text can be the name of an element or attribute, without a prefix. */
export function isXmlName(text: string): boolean {
  return /^[A-Za-z_\u00c0-\uffff][\w.\-\u00b7-\uffff]*$/.test(text)
}

/** `xml.attr(…)` may stand inside `.optional()`, `.nullable()` and the like, which wrap it. */
function findPlace(schema: z.core.$ZodType): ReturnType<typeof placeOf> {
  const place = placeOf(schema)
  if (place) return place
  const { def } = (schema as z.core.$ZodTypes)._zod
  if ('innerType' in def) return findPlace(def.innerType)
  if (def.type === 'pipe') return findPlace(def.in) ?? findPlace(def.out)
  return undefined
}
