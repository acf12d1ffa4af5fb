import { refuseDoubles } from './doubles.ts'
import { eitherScalar, fieldOf, objectShape } from './object-shape.ts'
import { type Field, type ObjectShape, type Part, type Shape, unsupported } from './shape.ts'

/** The sides of an intersection have all of them; of a union's alternatives each has some, and the schema tells them apart. */
export type Merged = 'union' | 'intersection'

interface Pending {
  readonly how: Merged
  readonly of: readonly ObjectShape[]
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
   * @throws TypeError with the path if one of them is no object
   */
  merge(how: Merged, shapes: readonly Shape[], path: string): ObjectShape {
    const of = shapes.map((shape) => {
      if (shape.kind === 'object' && !shape.rest && shape.unwrap === undefined) return shape
      throw unsupported(
        path,
        how === 'union'
          ? 'is a union of other things than plain values or objects'
          : 'is an intersection of other things than objects',
      )
    })
    // A schema that leads back to itself asks for the same again.
    const known = this.#all.find((other) => other.how === how && isSame(other.of, of))
    if (known) return known.shape
    const pending: Pending = { how, of, path, shape: objectShape([]) }
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
    Object.assign(shape, this.#merged(pending.how, pending.of, pending.path))
  }

  #merged(how: Merged, shapes: readonly ObjectShape[], path: string): ObjectShape {
    for (const shape of shapes) this.#fill(shape)
    const merged = new Map<string, Field>()
    for (const { fields } of shapes) {
      for (const field of fields) {
        const other = merged.get(field.key)
        const part = other ? this.#both(how, other, field, join(path, field.key)) : field.part
        merged.set(field.key, fieldOf({ ...(other ?? field), part }))
      }
    }
    const fields = [...merged.values()].map((field) =>
      how === 'union' ? withoutInvention(field, shapes, join(path, field.key)) : field,
    )
    refuseDoubles(fields, path)
    return objectShape(fields)
  }

  #both(how: Merged, one: Field, other: Field, path: string): Part {
    if (one.place !== other.place || one.local !== other.local || one.ns !== other.ns)
      throw unsupported(path, 'stands in different places of the XML in different objects')
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
      const { fields, ...merged } = this.#merged(how, [one, other], path)
      return one.unwrap === undefined ? { fields, ...merged } : objectShape(fields, { unwrap: one.unwrap })
    }
    if (one.kind === 'list' && other.kind === 'list') {
      const { item } = one
      return { kind: 'list', item: { ...item, shape: this.#two(how, item.shape, other.item.shape, `${path}[]`) } }
    }
    throw unsupported(path, 'is something else in different objects')
  }
}

function isSame(some: readonly Shape[], others: readonly Shape[]): boolean {
  return some.length === others.length && some.every((shape, index) => shape === others[index])
}

/**
 * `z.coerce` makes a value of nothing, and in a union it cannot be said whether something is missing or belongs to another
 * alternative: where it would not be refused, it must not be made.
 */
function withoutInvention(field: Field, shapes: readonly ObjectShape[], path: string): Field {
  const { shape } = field.part
  if (shape.kind !== 'scalar' || !shape.coerced) return field
  const isIn = ({ fields }: ObjectShape): boolean => fields.some(({ key, part }) => key === field.key && !part.optional)
  if (shapes.every(isIn)) return field
  if (shape.scalars.some((scalar) => scalar === 'string' || scalar === 'boolean'))
    throw unsupported(
      path,
      'is coerced, and only some of the alternatives have it: in the others it would be made of nothing; leave `coerce` out, since the text becomes what the schema says without it',
    )
  return fieldOf({ ...field, part: { ...field.part, optional: true } })
}

/** The path of a property. */
export function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
