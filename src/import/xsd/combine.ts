import type { Comment } from '../print/code.ts'
import { keyOf } from '../qname.ts'
import type { Field } from '../shape.ts'

/** Says what gets lost, and gives the comment. */
export type Say = (what: string) => Comment

/**
 * Adds what follows in a sequence. An object has an element in one place only: one that was there already makes one list of
 * both, and a choice takes in what it has in common with something else.
 */
export function follow(fields: readonly Field[], more: readonly Field[], say: Say): readonly Field[] {
  return more.reduce(
    (all, field) =>
      add(
        all,
        field,
        (known) => {
          const occurs = { min: known.min + field.min, max: known.max + field.max }
          const comment = say(`${field.name.local} stands in several places: its order among the others is lost`)
          return { ...known, ...occurs, comments: [...known.comments, comment] }
        },
        say,
      ),
    fields,
  )
}

/** Adds another alternative, of which only one is ever there: an element that several have is one property. */
export function alternate(fields: readonly Field[], more: readonly Field[]): readonly Field[] {
  const both = (known: Field, field: Field) => ({ ...known, min: 0, max: Math.max(known.max, field.max) })
  const optional = more.map((field) => ({ ...field, min: 0 }))
  return optional.reduce((all, field) => add(all, field, (known) => both(known, field), undefined), fields)
}

function add(
  fields: readonly Field[],
  field: Field,
  unite: (known: Field) => Field,
  say: Say | undefined,
): readonly Field[] {
  const keys = keysOf(field)
  const common = fields.filter((known) => [...keysOf(known).keys()].some((key) => keys.has(key)))
  const [first] = common
  if (!first) return [...fields, field]
  if (!first.options && !field.options) return fields.map((known) => (known === first ? unite(known) : known))
  const united = choiceOf([...common, field], say)
  return fields.flatMap((known) => (known === first ? united : common.includes(known) ? [] : known))
}

/** One choice of what is in several fields. */
function choiceOf(fields: readonly Field[], say: Say | undefined): Field {
  const options = new Map(fields.flatMap((field) => [...keysOf(field)]))
  const names = [...options.values()].map(({ name }) => name.local).join(', ')
  const comments = fields.flatMap((field) => field.comments)
  const lost = say ? [say(`${names}: some of them stand in several places, so all are in one list, in any order`)] : []
  return {
    ...choiceField('choice', 'choice', [...options.values()]),
    min: Math.min(...fields.map(({ min }) => min)),
    comments: [...comments, ...lost].filter(
      ({ text }, at, all) => all.findIndex((other) => other.text === text) === at,
    ),
  }
}

/** The elements of a field: its own, or those of which it is a choice. */
function keysOf(field: Field): ReadonlyMap<string, Field> {
  const elements = field.options ?? [field]
  return new Map(elements.map((element) => [keyOf(element.name), { ...element, min: 1, max: 1 }]))
}

/** A property that is a list of elements of several names; its own name, a proposal, is not in the document. */
export function choiceField(place: 'choice' | 'mixed', local: string, options: readonly Field[]): Field {
  // Its shape is its options'.
  const shape = { kind: 'object', fields: [], remarks: [] } as const
  return { place, name: { ns: '', local }, shape, min: 1, max: 1, isNillable: false, comments: [], options }
}
