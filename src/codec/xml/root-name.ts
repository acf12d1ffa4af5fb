import { type Schema, unsupported } from './shape.ts'
import { findPlace, type XmlPrefixedName } from './vocabulary.ts'

/**
 * The name and namespace that a schema says of the root element, with `xml.element`.
 *
 * @throws TypeError for another place, since the root is an element
 */
export function rootNameOf(schema: Schema): XmlPrefixedName {
  const { place = 'element', name, ns, prefix } = findPlace(schema) ?? {}
  if (place !== 'element')
    throw unsupported('', `is ${place === 'text' ? 'text' : 'an attribute'}, and the root is an element`)
  if (prefix !== undefined && !ns) throw unsupported('', `has the prefix '${prefix}' and no namespace`)
  return {
    ...(name === undefined ? {} : { name }),
    ...(ns === undefined ? {} : { ns }),
    ...(prefix === undefined ? {} : { prefix }),
  }
}
