import { elementName } from '../../plain.ts'
import { type Dialect, rootProperty, UTF8_DECLARATION } from '../writing.ts'
import type { FacetRules } from './options.ts'
import { type FacetContext, prefixedName, takeApartFacet } from './writer.ts'

/** How Facet's own convention writes. */
export function facetDialect(rules: FacetRules): Dialect<FacetContext> {
  return {
    takeApart: takeApartFacet(rules),
    context: rules.paths,
    rootOf: (value) => {
      if (!rules.keepRoot) return { name: 'root', value }
      const root = rootProperty(value, true)
      return { ...root, name: rules.namespaces === 'prefix' ? prefixedName(root.name) : elementName(root.name) }
    },
    rootName: elementName,
    declaration: `${UTF8_DECLARATION}\n`,
    declaresXsi: true,
    inherits: rules.namespaces === 'local',
    cdata: false,
    layout: undefined,
  }
}
