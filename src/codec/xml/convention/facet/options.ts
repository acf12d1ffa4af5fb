import { z } from 'zod'
import { type ElementPath, namesIn, type PathNode, pathTree } from '../paths.ts'

/** How names and namespaces stand for each other. */
export type NamespaceMode = 'local' | 'prefix' | 'uri'

/** Facet's own convention, which is meant where none is named: see docs/conventions.md. */
export interface FacetConvention {
  readonly convention?: 'facet'
  /** What attributes' properties begin with; `@` if not said. */
  readonly attributePrefix?: string
  /** The property that has the text beside attributes or elements; `#text` if not said. */
  readonly textName?: string
  /** Elements of this name, with nothing beside them, are the entries of a list; `item` if not said, false for none. */
  readonly item?: string | false
  /** Elements that are always a list, with none, one or many entries: `['Lines.Line']`. */
  readonly lists?: readonly ElementPath[]
  /** Elements whose content is a list in the document's order, of text and `{ name, value }`; `''` is the value's own. */
  readonly ordered?: readonly ElementPath[]
  /** `local`: names without prefixes. `prefix`: `p:name`, with declarations kept. `uri`: `{uri}name`. `local` if not said. */
  readonly namespaces?: NamespaceMode
  /** Leaves out the white space around text; false if not said. */
  readonly trim?: boolean
  /** Where a whole document is the value: as the one property that has the root element's name; false if not said. */
  readonly keepRoot?: boolean
}

/** What paths say of an element. */
export interface FacetPath {
  readonly list: boolean
  readonly ordered: boolean
}

/** The same, with nothing left unsaid. */
export interface FacetRules {
  readonly attributePrefix: string
  readonly textName: string
  readonly item: string | undefined
  readonly paths: PathNode<FacetPath>
  readonly namespaces: NamespaceMode
  readonly trim: boolean
  readonly keepRoot: boolean
}

const path = z.union([z.string(), z.array(z.string().min(1)).min(1)])

/** What may be said, for the check. */
export const facetSchema = z.strictObject({
  convention: z.literal('facet').optional(),
  attributePrefix: z.string().min(1, 'without a prefix attributes could not be told from elements').optional(),
  textName: z.string().min(1).optional(),
  item: z.union([z.string().min(1), z.literal(false)]).optional(),
  lists: z.array(path.refine((said) => said !== '', "'' is the value itself")).optional(),
  ordered: z.array(path).optional(),
  namespaces: z.enum(['local', 'prefix', 'uri']).optional(),
  trim: z.boolean().optional(),
  keepRoot: z.boolean().optional(),
})

export function facetRules(convention: FacetConvention): FacetRules {
  const { lists = [], ordered = [], item = 'item' } = convention
  const said = [
    ...lists.map((path) => ({ names: namesIn(path), said: { list: true, ordered: false } })),
    ...ordered.map((path) => ({ names: path === '' ? [] : namesIn(path), said: { list: false, ordered: true } })),
  ]
  return {
    attributePrefix: convention.attributePrefix ?? '@',
    textName: convention.textName ?? '#text',
    item: item === false ? undefined : item,
    paths: pathTree(said, (one, other) => ({
      list: one.list || other.list,
      ordered: one.ordered || other.ordered,
    })),
    namespaces: convention.namespaces ?? 'local',
    trim: convention.trim ?? false,
    keepRoot: convention.keepRoot ?? false,
  }
}
