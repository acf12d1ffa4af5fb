import type { Field } from '../shape.ts'

/** A field with the key of its property. */
export interface KeyedField {
  readonly field: Field
  /** The property's key, without quotes. */
  readonly key: string
}

/** What a property is called where its own name is taken. */
const OTHERWISE: Readonly<Record<Field['place'], (local: string) => string>> = {
  element: (local) => `${local}Element`,
  attribute: (local) => `${local}Attribute`,
  text: () => 'text',
  choice: (local) => local,
  mixed: (local) => local,
}

/** The keys of an object's properties: the names in the document, where they differ; elements first come by them. */
export function keyed(fields: readonly Field[]): KeyedField[] {
  const keys = new Map<Field, string>()
  const taken = new Set<string>()
  const inOrder = (['element', 'attribute', 'text', 'choice', 'mixed'] as const).flatMap((place) =>
    fields.filter((field) => field.place === place),
  )
  for (const field of inOrder) {
    // An object literal cannot have a property of that name.
    const local = field.name.local === '__proto__' ? 'proto' : field.name.local
    const otherwise = OTHERWISE[field.place](local)
    // Every object has a `toString`, so that one left out would be taken for that.
    let key = [local, otherwise].find((name) => !taken.has(name) && !(name in {}))
    for (let number = 2; key === undefined; number++) {
      if (!taken.has(`${otherwise}${number}`)) key = `${otherwise}${number}`
    }
    taken.add(key)
    keys.set(field, key)
  }
  return fields.map((field) => ({ field, key: keys.get(field) as string }))
}
