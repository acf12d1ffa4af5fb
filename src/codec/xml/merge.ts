import type { z } from 'zod'
import { refuseDoubles } from './doubles.ts'
import { eitherScalar, fieldOf, objectShape, optionOf } from './object-shape.ts'
import { type Field, type Mark, type ObjectShape, type Part, type Shape, unsupported } from './shape.ts'

/**
 * What one object is made of: the sides of an intersection, all of which it has, or the alternatives of a union, of which the
 * schema finds the one that it is, by a mark or by trying one after the other.
 */
export type Merged = 'intersection' | 'union'

interface Pending {
  readonly how: Merged
  readonly of: readonly ObjectShape[]
  readonly marks: Marks
  readonly path: string
  readonly shape: ObjectShape
}

/**
 * Makes one object of several. An object may be one of its own parts, so nothing is done before all of them are known: what
 * is given out at once is filled in later.
 */
export class Merger {
  readonly #all: Pending[] = []
  readonly #pending = new Map<ObjectShape, Pending>()

  /**
   * An object with what any of several has.
   *
   * @param marks what says which alternative of a union it is
   * @throws TypeError with the path if one of them is no object
   */
  merge(how: Merged, shapes: readonly Shape[], path: string, marks: Marks = NONE): ObjectShape {
    const of = shapes.map((shape) => {
      if (shape.kind === 'object' && !shape.rest && shape.unwrap === undefined) return shape
      throw unsupported(
        path,
        how === 'intersection'
          ? 'is an intersection of other things than objects'
          : 'is a union of other things than plain values or objects',
      )
    })
    // A schema that leads back to itself asks for the same again.
    const [mark] = marks
    const known = this.#all.find(
      (other) => other.how === how && other.marks[0]?.key === mark?.key && isSame(other.of, of),
    )
    if (known) return known.shape
    const pending: Pending = { how, of, marks, path, shape: objectShape([]) }
    this.#all.push(pending)
    this.#pending.set(pending.shape, pending)
    return pending.shape
  }

  /**
   * Fills in what has been given out, when all objects are known.
   *
   * @throws TypeError with the path of what cannot be both
   */
  finish(): void {
    for (const { shape } of this.#all) this.#fill(shape)
  }

  #fill(shape: ObjectShape): void {
    const pending = this.#pending.get(shape)
    if (!pending) return
    this.#pending.delete(shape)
    Object.assign(shape, this.#merged(pending.how, pending.of, pending.path, pending.marks))
  }

  #merged(how: Merged, shapes: readonly ObjectShape[], path: string, marks: Marks): ObjectShape {
    for (const shape of shapes) this.#fill(shape)
    const merged = new Map<string, Field>()
    for (const { fields } of shapes) {
      for (const field of fields) {
        const other = merged.get(field.key)
        merged.set(field.key, other ? this.#bothFields(how, other, field, join(path, field.key)) : field)
      }
    }
    const fields = [...merged.values()].map((field) =>
      how === 'intersection' ? field : withoutInvention(field, shapes, marks, join(path, field.key)),
    )
    refuseDoubles(fields, path)
    return objectShape(fields)
  }

  #bothFields(how: Merged, one: Field, other: Field, path: string): Field {
    if (one.place !== other.place || one.mixed !== other.mixed) throw unsupported(path, ELSEWHERE)
    const options = new Map(one.options.map((option) => [option.option, option]))
    for (const option of other.options) {
      const known = options.get(option.option)
      const part = known ? this.#both(how, known, option, path) : option.part
      options.set(option.option, optionOf(one, option.option, { ...option, part }))
    }
    return fieldOf({ ...one, options: [...options.values()], part: this.#both(how, one, other, path) })
  }

  #both(how: Merged, one: Named, other: Named, path: string): Part {
    if (one.local !== other.local || one.ns !== other.ns) throw unsupported(path, ELSEWHERE)
    const [first, second] = [one.part, other.part]
    return {
      shape: this.#two(how, first.shape, second.shape, path),
      optional: first.optional && second.optional,
      nullable: first.nullable || second.nullable,
    }
  }

  #two(how: Merged, one: Shape, other: Shape, path: string): Shape {
    if (one === other) return one
    if (one.kind === 'scalar' && other.kind === 'scalar' && one.tokens === other.tokens)
      return eitherScalar([one, other])
    if (one.kind === 'object' && other.kind === 'object' && one.unwrap === other.unwrap && !one.rest && !other.rest) {
      const { fields, ...merged } = this.#merged(how, [one, other], path, NONE)
      return one.unwrap === undefined ? { fields, ...merged } : objectShape(fields, { unwrap: one.unwrap })
    }
    if (one.kind === 'list' && other.kind === 'list') {
      const { item } = one
      return { kind: 'list', item: { ...item, shape: this.#two(how, item.shape, other.item.shape, `${path}[]`) } }
    }
    throw unsupported(path, 'is something else in different objects')
  }
}

/** One for each alternative of a union that has marks. */
export type Marks = readonly Mark[]

const NONE: Marks = []

type Named = Pick<Field, 'local' | 'ns' | 'part'>

const ELSEWHERE = 'stands in different places of the XML in different objects'

function isSame(some: readonly Shape[], others: readonly Shape[]): boolean {
  return some.length === others.length && some.every((shape, index) => shape === others[index])
}

/**
 * What is missing may belong to another alternative, and it must not look as if it were there: a list that would be empty,
 * unless a mark says which alternative it is, or what `z.coerce` makes of nothing.
 */
function withoutInvention(field: Field, shapes: readonly ObjectShape[], marks: Marks, path: string): Field {
  const { shape } = field.part
  const isIn = ({ fields }: ObjectShape): boolean => fields.some(({ key, part }) => key === field.key && !part.optional)
  const isInvented = shape.kind === 'list' || (shape.kind === 'scalar' && shape.coerced)
  if (!isInvented || shapes.every(isIn)) return field
  const [mark] = marks
  if (mark && shape.kind === 'list') {
    const values = marks.flatMap(({ values }, index) => (isIn(shapes[index] as ObjectShape) ? [...values] : []))
    return fieldOf({ ...field, only: field.only ?? { key: mark.key, values: new Set(values) } })
  }
  // Of these two it makes something even of nothing; the others refuse it.
  if (shape.kind === 'scalar' && shape.scalars.some((scalar) => scalar === 'string' || scalar === 'boolean'))
    throw unsupported(
      path,
      'is coerced, and only some of the alternatives have it: in the others it would be made of nothing; leave `coerce` out, since the text becomes what the schema says without it',
    )
  return fieldOf({ ...field, part: { ...field.part, optional: true } })
}

/** Of a discriminated union, the values of the property by which its alternatives are told apart. */
export function marksOf(def: z.core.$ZodUnionDef | z.core.$ZodDiscriminatedUnionDef): Marks {
  if (!('discriminator' in def)) return []
  const key = def.discriminator
  return def.options.map((option) => ({ key, values: option._zod.propValues?.[key] ?? new Set() }))
}

/** The path of a property. */
export function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
