import type { Declaration, Field, ObjectShape, Shape } from '../shape.ts'
import { block, type Code, type Comment, call, keyCode, literal, type Member, method, quoted } from './code.ts'
import { type KeyedField, keyed } from './field-names.ts'

/** An expression, and whether it speaks of a constant that is not there yet when it is first looked at. */
interface Late {
  readonly code: Code
  readonly isLate: boolean
}

/** A constant of the module. */
export interface Constant {
  readonly name: string
  readonly comments: readonly Comment[]
  readonly code: Code
  /** What is said behind it. */
  readonly after: string | undefined
}

/**
 * The constants that some declarations need, each after those that it speaks of; where they speak of each other, a getter
 * looks later.
 */
export function constantsOf(roots: readonly Declaration[]): Constant[] {
  const constants: Constant[] = []
  const states = new Map<Declaration, 'open' | 'done'>()
  const need = (declaration: Declaration): boolean => {
    if (states.get(declaration) === 'open') return true
    if (states.has(declaration)) return false
    states.set(declaration, 'open')
    const { name, comments, shape, holders } = declaration
    if (!shape) throw new TypeError(`the constant ${name} was never filled in`)
    const { code } = shapeCode(shape, holders, need)
    states.set(declaration, 'done')
    constants.push({ name, comments: [...comments, ...commentsOf(shape)], code, after: tellingOf(shape) })
    return false
  }
  for (const root of roots) need(root)
  return constants
}

/** Makes sure that a constant is written, and says whether it is only going to be. */
type Need = (declaration: Declaration) => boolean

function shapeCode(shape: Shape, holders: ReadonlySet<string>, need: Need): Late {
  switch (shape.kind) {
    case 'value':
      for (const used of shape.uses ?? []) need(used)
      return { code: shape.code, isLate: false }
    case 'named':
      return { code: shape.declaration.name, isLate: need(shape.declaration) }
    case 'array': {
      const { code, isLate } = shapeCode(shape.item, new Set([shape.name.ns]), need)
      const names = literal({ item: quoted(shape.name.local), itemNs: quoted(shape.name.ns) })
      return { code: call('xml.wrapped', call('z.array', code), names), isLate }
    }
    case 'object':
      return { code: objectCode(shape, holders, need), isLate: false }
  }
}

/** Elements in another namespace than the one that holds them say so; most often one word for all of them. */
function objectCode({ fields, remarks, ns: given }: ObjectShape, holders: ReadonlySet<string>, need: Need): Code {
  const ns = given ?? commonNamespace(fields)
  const inside = ns ?? ''
  const members = keyed(fields).map((field) => memberOf(field, inside, need))
  const object = call('z.object', { ...block(members), closing: remarks })
  const isPlain = given !== undefined || ns === undefined || (holders.size === 1 && holders.has(ns))
  return isPlain ? object : call('xml.namespace', quoted(ns), object)
}

/** The namespace that most elements are in, the first such one; undefined where there are no elements. */
function commonNamespace(fields: readonly Field[]): string | undefined {
  const counts = new Map<string, number>()
  for (const { place, name, options } of fields) {
    const names = place === 'element' ? [name] : (options ?? []).map((option) => option.name)
    for (const { ns } of names) counts.set(ns, (counts.get(ns) ?? 0) + 1)
  }
  return [...counts].reduce<[string | undefined, number]>(
    (best, [ns, count]) => (count > best[1] ? [ns, count] : best),
    [undefined, 0],
  )[0]
}

function memberOf({ field, key }: KeyedField, inside: string, need: Need): Member {
  const { code, isLate } = fieldCode(field, key, inside, need)
  const shape = field.options ? undefined : field.shape
  const after = shape && tellingOf(shape)
  const comments = [...field.comments, ...(shape ? commentsOf(shape) : [])]
  return { key: keyCode(key), value: code, getter: isLate, comments, after }
}

function fieldCode(field: Field, key: string, inside: string, need: Need): Late {
  const { place, name, shape, min, max, isNillable, fallback, options } = field
  if (options) return choiceCode(field, options, inside, need)
  const { code, isLate } = shapeCode(shape, new Set([name.ns]), need)
  const isList = max > 1
  let value = code
  // As a method it lets the compiler infer types that lead back to themselves, which `z.array(X.nullable())` does not.
  if (isList) value = isNillable ? method(method(code, 'nullable'), 'array') : call('z.array', code)
  if (isList && min > 0) value = method(value, 'min', String(min))
  if (isList && max !== Number.POSITIVE_INFINITY) value = method(value, 'max', String(max))
  const otherNs = place === 'element' ? name.ns !== inside : place === 'attribute' && name.ns !== ''
  const names = literal({
    name: name.local === key ? undefined : quoted(name.local),
    ns: otherNs ? quoted(name.ns) : undefined,
  })
  const isNamed = names.members.length > 0
  if (place === 'text') value = call('xml.text', value)
  else if (place === 'attribute') value = isNamed ? call('xml.attr', value, names) : call('xml.attr', value)
  else if (isNamed) value = call('xml.element', value, names)
  if (isNillable && !isList) value = method(value, 'nullable')
  if (fallback !== undefined) value = method(value, 'default', fallback)
  else if (min === 0 && !isList) value = method(value, 'optional')
  return { code: value, isLate }
}

function choiceCode({ place }: Field, options: readonly Field[], inside: string, need: Need): Late {
  let isLate = false
  const members = keyed(options).map((option) => {
    const { getter, ...member } = memberOf(option, inside, need)
    isLate ||= getter === true
    return member
  })
  return { code: call(`xml.${place}`, block(members)), isLate }
}

function tellingOf(shape: Shape): string | undefined {
  return shape.kind === 'value' ? shape.telling : undefined
}

function commentsOf(shape: Shape): readonly Comment[] {
  return shape.kind === 'value' || shape.kind === 'array' ? shape.comments : []
}
