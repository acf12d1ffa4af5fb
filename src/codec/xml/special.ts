import { fieldOf, objectShape, required, scalar } from './object-shape.ts'
import { type Direction, type Part, unsupported } from './shape.ts'
import type { XmlPlace } from './vocabulary.ts'

/**
 * What the vocabulary says of a schema beyond a name and a place.
 *
 * @param inner what the schema says without it
 * @returns undefined if it says nothing more
 * @throws TypeError that names the path of what cannot be
 */
export function specialPart(place: XmlPlace, path: string, direction: Direction, inner: () => Part): Part | undefined {
  if (place.choice) throw unsupported(path, 'is a choice, which has to be a property of an object')
  if (place.embedded) {
    const { embedded, ...inside } = place
    const { root } = embedded
    if (root === undefined && direction === 'write')
      throw unsupported(
        path,
        'is written as a document of its own, whose root needs a name: xml.embedded(schema, root)',
      )
    const part = specialPart(inside, path, direction, inner) ?? inner()
    return { ...part, shape: { kind: 'embedded', root, part } }
  }
  if (place.any) return required({ kind: 'any', convention: place.any })
  if (place.bytes) return required(scalar('bytes'))
  if (place.tokens && place.wrapped)
    throw unsupported(path, 'is a list in one text and one in an element of its own at once')
  if (place.tokens) {
    const list = inner()
    const item = list.shape.kind === 'list' ? list.shape.item.shape : undefined
    if (item?.kind !== 'scalar') throw unsupported(path, 'is no list of plain values, as xml.list needs one')
    return { ...list, shape: { ...item, tokens: true } }
  }
  if (place.wrapped) {
    const list = inner()
    if (list.shape.kind !== 'list') throw unsupported(path, 'is no list, as xml.wrapped needs one')
    const { item, itemNs } = place.wrapped
    const field = fieldOf({ key: item, ns: itemNs, part: required(list.shape) })
    return { ...list, shape: objectShape([field], { unwrap: item }) }
  }
  return undefined
}
