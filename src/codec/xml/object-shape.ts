import type { ElementField, Field, ObjectShape, Part, Scalar, ScalarShape, Shape } from './shape.ts'

/** An object's shape, with what the reader looks up while it reads. */
export function objectShape(
  fields: readonly Field[],
  { rest, unwrap }: { readonly rest?: ElementField; readonly unwrap?: string } = {},
): ObjectShape {
  const elements = withRivals(
    fields.flatMap((field) =>
      field.place === 'element' ? [elementOf(field)] : field.place === 'choice' ? field.options : [],
    ),
  )
  return {
    kind: 'object',
    fields,
    elements,
    byName: Map.groupBy(elements, ({ local }) => local),
    attributes: fields.filter(({ place }) => place === 'attribute'),
    text: fields.find(({ place }) => place === 'text'),
    mixed: fields.find(({ place, mixed }) => place === 'choice' && mixed),
    completed: fields.filter(
      ({ part: { shape, optional } }) =>
        !optional && (shape.kind === 'list' || (shape.kind === 'scalar' && shape.coerced)),
    ),
    isLeaf: elements.length === 0 && rest === undefined && fields.some(({ place }) => place === 'text'),
    keepsText: fields.some(({ place, mixed }) => place === 'text' || mixed),
    rest,
    unwrap,
    unknown: [],
    bare: rest !== undefined || fields.some(({ key }) => key in {}),
  }
}

/** Of two elements with one name, the one whose namespace is said has it, also where it is the parent's. */
function withRivals(elements: readonly ElementField[]): readonly ElementField[] {
  return elements.map((element) => {
    const rivals = elements.flatMap(({ local, ns }) => (local === element.local && ns !== undefined ? [ns] : []))
    return element.ns === undefined && rivals.length > 0 ? { ...element, rivals } : element
  })
}

/** The element that stands for a property. */
export function elementOf(field: Field): ElementField {
  const { local, ns, prefix, part } = field
  return optionOf(field, undefined, { local, ns, prefix, part })
}

/** An element of a choice, or with no option the one of a property. */
export function optionOf(
  field: Field,
  option: string | undefined,
  { local, ns, prefix, part }: Pick<ElementField, 'local' | 'ns' | 'prefix' | 'part'>,
): ElementField {
  const isList = part.shape.kind === 'list'
  const item = part.shape.kind === 'list' ? part.shape.item.shape : part.shape
  const scalar = item.kind === 'scalar' ? item : undefined
  return {
    field,
    option,
    local,
    ns,
    prefix,
    part,
    repeats: isList || option !== undefined,
    scalar,
    rivals: undefined,
    spelling: undefined,
  }
}

/** A property, with what is not said of it filled in. */
export function fieldOf(said: Pick<Field, 'key' | 'part'> & Partial<Field>): Field {
  const { local = said.key } = said
  const { shape } = said.part
  const unsaid = {
    place: 'element',
    ns: undefined,
    prefix: undefined,
    options: [],
    mixed: false,
    only: undefined,
  } as const
  const scalar = shape.kind === 'scalar' ? shape : undefined
  return { ...unsaid, ...said, local, scalar, startTag: `<${local}>`, endTag: `</${local}>` }
}

/** A part that may be neither missing nor nil. */
export function required(shape: Shape): Part {
  return { shape, optional: false, nullable: false }
}

/** Text that stands for one kind of value. */
export function scalar(...scalars: readonly Scalar[]): ScalarShape {
  return { kind: 'scalar', scalars, texts: undefined, tokens: false, coerced: false }
}

/** Text that stands for one of some values: a string is then none but those, whatever else the text may stand for. */
export function scalarAmong(values: Iterable<unknown>): ScalarShape {
  const texts = new Set<string>()
  const others = new Set<Scalar>()
  for (const value of values) {
    const type = typeof value
    if (typeof value === 'string') texts.add(value)
    else if (type === 'number' || type === 'bigint' || type === 'boolean') others.add(type)
  }
  return { ...scalar(...(texts.size > 0 || others.size === 0 ? (['string', ...others] as const) : others)), texts }
}

/** Text that stands for what one of several says, the first one first. */
export function eitherScalar(shapes: readonly ScalarShape[]): ScalarShape {
  const scalars = new Set(shapes.flatMap((shape) => shape.scalars))
  const coerced = shapes.some((shape) => shape.coerced)
  const strings = shapes.filter((shape) => shape.scalars.includes('string'))
  if (strings.length === 0 || strings.some(({ texts }) => texts === undefined))
    return { ...scalar(...scalars), coerced, tokens: shapes[0]?.tokens === true }
  // What is a string is known, so that it takes nothing away from the others, wherever it stands.
  const texts = new Set(strings.flatMap((shape) => [...(shape.texts ?? [])]))
  return { ...scalar(...new Set<Scalar>(['string', ...scalars])), texts, coerced, tokens: shapes[0]?.tokens === true }
}
