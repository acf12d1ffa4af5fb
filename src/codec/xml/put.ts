import type { Frame, Frames, Values } from './frames.ts'
import type { ElementField, Field } from './shape.ts'

/** Puts an element's value where it belongs: a property, or the end of a list. */
export function put(frame: Frame, element: ElementField, value: unknown): void {
  const { field, option, part } = element
  const { values } = frame
  if (!element.repeats) {
    values[field.key] = value
    return
  }
  const item = option === undefined ? value : { name: option, value: part.shape.kind === 'list' ? [value] : value }
  if (frame.list) {
    frame.list.push(item)
    return
  }
  const list = (values[field.key] as unknown[] | undefined) ?? []
  list.push(item)
  values[field.key] = list
  frame.list = list
}

/** A list that has no elements is empty, not missing; what a schema would make up out of nothing is missing. */
export function complete(field: Field, { values }: Frame, frames: Frames): void {
  const { key, part, place, local, only } = field
  if (Object.hasOwn(values, key) || (only && !only.values.has(values[only.key]))) return
  if (part.shape.kind !== 'list')
    throw frames.wrong(field, `the ${place === 'attribute' ? 'attribute' : 'element'} '${local}' is missing`)
  values[key] = []
}

/** Adds text among elements. */
export function putMixed(values: Values, { key }: Field, text: string): void {
  if (text === '') return
  const list = (values[key] as unknown[] | undefined) ?? []
  values[key] = list
  const last = list.length - 1
  if (typeof list[last] === 'string') list[last] += text
  else list.push(text)
}
