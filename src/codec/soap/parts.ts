import type { z } from 'zod'
import { objectShape, optionOf } from '../xml/object-shape.ts'
import { rootNameOf } from '../xml/root-name.ts'
import { type Direction, type Field, type Part, unsupported } from '../xml/shape.ts'
import { partOf } from '../xml/walk.ts'

/** A part of an envelope that holds several elements: header blocks, or the parts of an rpc message. */
export interface ElementsPart extends Part {
  readonly shape: Extract<Part['shape'], { kind: 'object' }>
}

/**
 * What a schema says of several elements beside each other: those that name no namespace of their own are in this one, since
 * what holds them has another one than the service.
 *
 * @param what whose schema it is, for the message
 * @throws TypeError for a schema of anything but elements
 */
export function elementsPart(what: string, schema: z.ZodType, namespace: string, direction: Direction): ElementsPart {
  const { shape, ...part } = partOf(schema, direction)
  if (shape.kind !== 'object' || shape.unwrap !== undefined || shape.fields.some(({ place }) => !isElement(place)))
    throw unsupported(what, 'is not an object of elements')
  const fields = shape.fields.map((field) => within(field, namespace))
  return { ...part, shape: objectShape(fields, shape.rest ? { rest: shape.rest } : {}) }
}

function isElement(place: Field['place']): boolean {
  return place === 'element' || place === 'choice'
}

function within(field: Field, namespace: string): Field {
  if (field.place === 'element') return { ...field, ns: field.ns ?? namespace }
  const moved = { ...field }
  const options = field.options.map((option) =>
    optionOf(moved, option.option, { ...option, ns: option.ns ?? namespace }),
  )
  return Object.assign(moved, { options })
}

/**
 * What a schema says of one element's content.
 *
 * @throws TypeError for a list, since the body has one element at the most (WS-I Basic Profile, R2201)
 */
export function elementPart(what: string, schema: z.ZodType, direction: Direction): Part {
  const part = partOf(schema, direction)
  const { name, ns } = rootNameOf(schema)
  if ((name ?? ns) !== undefined)
    throw unsupported(what, "has a name of its own; the message's element is named with `element` or `answer`")
  if (part.shape.kind === 'list') throw unsupported(what, 'is a list, and the body of a message is one element')
  return part
}
