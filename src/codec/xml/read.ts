import type { Field, Scalar, Shape } from './shape.ts'
import type { Element } from './tree.ts'

const XSI = 'http://www.w3.org/2001/XMLSchema-instance'

/**
 * The value of an element, as its shape directs: a list is a list with none, one or many elements; text becomes what the
 * schema says and stays text where it does not fit, so that the schema's own check names the path.
 */
export function readElement(element: Element, shape: Shape): unknown {
  const nil = element.attribute('nil', XSI)
  if (nil === 'true' || nil === '1') return null
  switch (shape.kind) {
    case 'scalar':
      return readText(element.text, shape.scalar)
    case 'object':
      return readObject(element, shape.fields)
    case 'list':
      // A list as the root, or of lists: its element is one item.
      return [readElement(element, shape.item)]
  }
}

function readObject(element: Element, fields: readonly Field[]): Record<string, unknown> {
  const record: Record<string, unknown> = Object.create(null)
  for (const { key, place, local, ns, shape } of fields) {
    const value =
      place === 'text'
        ? readText(element.text, scalarOf(shape))
        : place === 'attribute'
          ? readAttribute(element.attribute(local, ns ?? ''), shape)
          : readChildren(element.children(local, ns), shape)
    if (value !== undefined) record[key] = value
  }
  return record
}

function readAttribute(text: string | undefined, shape: Shape): unknown {
  return text === undefined ? undefined : readText(text, scalarOf(shape))
}

function readChildren(children: readonly Element[], shape: Shape): unknown {
  if (shape.kind === 'list')
    return children.length === 0 && shape.optional ? undefined : children.map((child) => readElement(child, shape.item))
  const [first, ...more] = children
  if (!first) return undefined
  // More than one where the schema has no list: as a list, which the schema's check refuses with the path.
  return more.length === 0 ? readElement(first, shape) : children.map((child) => readElement(child, shape))
}

function scalarOf(shape: Shape): Scalar {
  return shape.kind === 'scalar' ? shape.scalar : 'string'
}

/** Lexical forms of XML Schema (part 2, section 3), with the white space that it lets collapse. */
function readText(text: string, scalar: Scalar): unknown {
  if (scalar === 'string') return text
  const trimmed = text.trim()
  switch (scalar) {
    case 'number':
      if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(trimmed)) return Number(trimmed)
      return trimmed === 'INF' ? Number.POSITIVE_INFINITY : trimmed === '-INF' ? Number.NEGATIVE_INFINITY : text
    case 'bigint':
      return /^[+-]?\d+$/.test(trimmed) ? BigInt(trimmed.replace('+', '')) : text
    case 'boolean':
      return trimmed === 'true' || trimmed === '1' ? true : trimmed === 'false' || trimmed === '0' ? false : text
    case 'date':
      return readDate(trimmed) ?? text
  }
}

/** A date or dateTime; without a zone it is UTC, since otherwise it would be another moment on another server. */
function readDate(text: string): Date | undefined {
  const match = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(Z|[+-]\d\d:\d\d)?$/.exec(text)
  if (!match) return undefined
  const [, day = '', time = 'T00:00:00', zone = 'Z'] = match
  // `Date` makes the first of March of the thirtieth of February.
  return new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day) ? new Date(day + time + zone) : undefined
}
