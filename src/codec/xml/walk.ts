import type { z } from 'zod'
import { refuseDoubles } from './doubles.ts'
import { join, Merger, marksOf } from './merge.ts'
import { isXmlName } from './names.ts'
import {
  eitherScalar,
  elementOf,
  fieldOf,
  objectShape,
  optionOf,
  required,
  scalar,
  scalarAmong,
} from './object-shape.ts'
import { SCALARS, type Scalar } from './scalars.ts'
import {
  type Direction,
  type Field,
  type Part,
  type ScalarShape,
  type Schema,
  type Shape,
  unsupported,
} from './shape.ts'
import { specialPart } from './special.ts'
import { findPlace, placeOf, type Within, wrappingOf, type XmlPlace } from './vocabulary.ts'

/**
 * Walks a schema and says how its values look in XML.
 *
 * @throws TypeError that names the path and the kind of a part that cannot direct XML
 */
export function partOf(schema: Schema, direction: Direction): Part {
  const walk = new Walk(direction)
  const part = walk.part(schema, '')
  walk.merger.finish()
  return part
}

/** The same for what is in one element, such as the root of a document: a list would be several. */
export function elementPartOf(schema: Schema, direction: Direction): Part {
  const part = partOf(schema, direction)
  if (part.shape.kind !== 'list') return part
  throw unsupported('', "is a list, and a document has one root element: xml.wrapped(z.array(…), { item: 'Line' })")
}

/** Schemas that differ at every step would never end; nobody writes one that deep. */
const DEEPEST = 1_000

class Walk {
  readonly #direction: Direction
  /** Objects that have been met, by definition and namespace: a recursive one is met again within itself, perhaps as a clone. */
  readonly #objects = new Map<unknown, Map<string, Shape>>()
  readonly merger = new Merger()
  #depth = 0
  /** What xml.namespace has said, of the object or of what it is wrapped in. */
  #within: Within | undefined

  constructor(direction: Direction) {
    this.#direction = direction
  }

  /** @param special whether to follow what the vocabulary says of the schema beyond a name and a place */
  part(schema: Schema, path: string, special = true): Part {
    if (++this.#depth > DEEPEST) throw unsupported(path, 'never ends')
    const outer = this.#within
    this.#within = placeOf(schema)?.children ?? outer
    const part = this.#part(schema, path, special)
    this.#within = outer
    this.#depth--
    return part
  }

  #part(schema: Schema, path: string, special: boolean): Part {
    const place = placeOf(schema)
    if (place && special) {
      const part = specialPart(place, path, this.#direction, () => this.part(schema, path, false))
      if (part) return part
    }
    const { def } = (schema as z.core.$ZodTypes)._zod
    switch (def.type) {
      case 'optional':
      case 'default':
      case 'prefault':
        return { ...this.part(def.innerType, path), optional: true }
      case 'nonoptional':
        return { ...this.part(def.innerType, path), optional: false }
      case 'nullable':
        return { ...this.part(def.innerType, path), nullable: true }
      case 'catch':
      case 'readonly':
        return this.part(def.innerType, path)
      case 'lazy':
        return this.part(def.getter(), path)
      case 'pipe': {
        const [near, far] = this.#direction === 'read' ? [def.in, def.out] : [def.out, def.in]
        return this.part((near as z.core.$ZodTypes)._zod.def.type === 'transform' ? far : near, path)
      }
      case 'union':
        return this.#union(def, path)
      case 'null':
        return { shape: scalar('string'), optional: false, nullable: true }
      default:
        return required(this.#shape(schema, path))
    }
  }

  #shape(schema: Schema, path: string): Shape {
    const { def } = (schema as z.core.$ZodTypes)._zod
    switch (def.type) {
      case 'string':
      case 'template_literal':
      case 'number':
      case 'bigint':
      case 'boolean':
      case 'date':
        return { ...scalar(SCALARS[def.type] as Scalar), coerced: 'coerce' in def && def.coerce === true }
      case 'enum':
      case 'literal':
        return scalarAmong(schema._zod.values ?? [])
      case 'array':
        return this.#list(def.element, `${path}[]`)
      case 'object':
        return this.#object(schema, path)
      case 'intersection':
        return this.merger.merge(
          'intersection',
          [def.left, def.right].map((side) => this.part(side, path).shape),
          path,
        )
      case 'record': {
        this.#refusePlace(def.valueType, `${path}{}`)
        const field = fieldOf({ key: '', part: this.part(def.valueType, `${path}{}`) })
        return objectShape([], { rest: elementOf(field) })
      }
      case 'any':
      case 'unknown':
        return { kind: 'any', convention: {} }
      default:
        throw unsupported(path, `is a ${def.type}, which cannot say how its XML looks`)
    }
  }

  /** @throws TypeError for a schema whose name or place was said, where nothing but the value matters */
  #refusePlace(schema: Schema, path: string): void {
    const { place, name, ns, prefix } = findPlace(schema) ?? {}
    if ((place ?? name ?? ns ?? prefix) !== undefined)
      throw unsupported(
        path,
        'has a place or a name said of it that the property has to have, for example xml.element(z.array(…), { name })',
      )
  }

  #list(element: Schema, path: string): Shape {
    this.#refusePlace(element, path)
    const item = this.part(element, path)
    if (item.shape.kind === 'list')
      throw unsupported(
        path,
        'is a list in a list, whose items XML cannot tell apart; give the inner one an element with xml.wrapped',
      )
    return { kind: 'list', item }
  }

  #object(schema: Schema, path: string): Shape {
    const def = (schema as z.core.$ZodObject)._zod.def
    const others = (def.catchall as z.core.$ZodTypes | undefined)?._zod.def.type ?? 'unknown'
    if (!/^(never|unknown|any)$/.test(others)) throw unsupported(path, 'has a catchall; only z.record has any elements')
    const within = this.#within
    const known = this.#objects.get(def) ?? new Map<string, Shape>()
    const name = within ? `${within.prefix ?? ''} ${within.ns}` : ''
    const met = known.get(name)
    if (met) return met
    // Filled in afterwards, so that a part of it can already point to it.
    const shape = objectShape([])
    this.#objects.set(def, known.set(name, shape))
    this.#within = undefined
    const fields = Object.entries(def.shape).map(([key, property]) => this.#field(key, property, path, within))
    refuseDoubles(fields, path)
    return Object.assign(shape, objectShape(fields))
  }

  /** Alternatives of plain values, or of objects: then an object with what any of them has, and the schema tells them apart. */
  #union(def: z.core.$ZodUnionDef, path: string): Part {
    const present = def.options.filter((option) => (option as z.core.$ZodTypes)._zod.def.type !== 'undefined')
    for (const option of present) this.#refusePlace(option, path)
    const parts = present.map((option) => this.part(option, path))
    const rest = {
      optional: parts.some(({ optional }) => optional),
      nullable: parts.some(({ nullable }) => nullable),
    }
    const values = parts.flatMap(({ shape }, index) => (isNull(present[index] as Schema) ? [] : [shape]))
    const scalars = values.filter((shape) => shape.kind === 'scalar' && !shape.tokens) as ScalarShape[]
    if (scalars.length === values.length) return { shape: eitherScalar(scalars), ...rest }
    if (values.length === 1) return { shape: values[0] as Shape, ...rest }
    return { shape: this.merger.merge('union', values, path, marksOf(def)), ...rest }
  }

  #field(key: string, schema: Schema, path: string, within: Within | undefined): Field {
    const at = join(path, key)
    if (key === '__proto__')
      throw unsupported(
        at,
        "has a name that JavaScript keeps; give it another, with xml.element(…, { name: '__proto__' })",
      )
    const place = findPlace(schema)
    if (place?.choice) return this.#choice(key, schema, place.choice, at, within)
    const part = this.part(schema, at)
    const where = place?.place ?? 'element'
    if (where !== 'element' && part.shape.kind !== 'scalar')
      throw unsupported(
        at,
        `is ${part.shape.kind === 'list' ? 'a list' : 'no plain value'}, which cannot be ${where === 'text' ? 'text' : 'an attribute'}`,
      )
    const local = place?.name ?? key
    if (where !== 'text' && !isXmlName(local))
      throw unsupported(at, `would need the XML name '${local}'; give it one with xml.element(…, { name })`)
    if (where === 'attribute' && local === 'xmlns')
      throw unsupported(at, 'is the declaration of a namespace; say namespaces with xml.namespace or xml.element')
    const inherited = where === 'element' && place?.ns === undefined ? within : undefined
    const ns = place?.ns ?? inherited?.ns
    const prefix = place?.prefix ?? inherited?.prefix
    if (prefix !== undefined && !ns) throw unsupported(at, `has the prefix '${prefix}' and no namespace`)
    return fieldOf({ key, place: where, local, ns, prefix, part })
  }

  #choice(
    key: string,
    schema: Schema,
    { options, mixed }: NonNullable<XmlPlace['choice']>,
    at: string,
    within: Within | undefined,
  ): Field {
    const field: Field = fieldOf({
      key,
      place: 'choice',
      mixed,
      part: { ...wrappingOf(schema), shape: { kind: 'list', item: required(scalar('string')) } },
    })
    const named = Object.entries(options).map(([option, value]) => {
      const element = this.#field(option, value, at, within)
      if (element.place !== 'element') throw unsupported(join(at, option), 'is one of a choice, and no element')
      return optionOf(field, option, element)
    })
    return Object.assign(field, { options: named })
  }
}

const isNull = (schema: Schema): boolean => (schema as z.core.$ZodTypes)._zod.def.type === 'null'
