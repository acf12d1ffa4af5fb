import type { Element } from '../../codec/xml/index.ts'
import { ImportError } from '../import-error.ts'
import { attribute, keyOf, XSD } from '../qname.ts'
import type { Build, Field } from '../shape.ts'
import type { SchemaFile } from './schemas.ts'

/** A part of a content model (XML Schema part 1, section 3.9). */
export type Particle = FieldParticle | GroupParticle | RemarkParticle

/** An element. */
export interface FieldParticle {
  readonly kind: 'field'
  readonly field: Field
}

/** Parts in a sequence, or in any order; or one of some parts. */
export interface GroupParticle {
  readonly kind: 'group'
  readonly isChoice: boolean
  readonly min: number
  readonly max: number
  readonly parts: readonly Particle[]
}

/** Something that cannot be expressed; a wildcard is one. */
export interface RemarkParticle {
  readonly kind: 'remark'
  readonly what: string
  readonly isWildcard: boolean
}

/** Reads an element's declaration or reference, which may be a choice of those that can stand there. */
export type ReadElement = (node: Element, file: SchemaFile, occurs: Occurs, where: string) => Particle

export interface Occurs {
  readonly min: number
  readonly max: number
}

/** The largest number of 32 bits with a sign. */
const MANY = 2 ** 31 - 1

/** How often something may occur (part 1, section 3.9.2). */
export function occursOf(node: Element): Occurs {
  const count = (name: string) => {
    const text = (attribute(node, name) ?? '1').trim()
    if (text === 'unbounded') return Number.POSITIVE_INFINITY
    if (!/^\d+$/.test(text)) throw new ImportError(`${name}="${text}" is no number of occurrences`)
    // Generators write the largest number of some type where they mean that there is no bound.
    return Number(text) >= MANY ? Number.POSITIVE_INFINITY : Number(text)
  }
  return { min: count('minOccurs'), max: count('maxOccurs') }
}

const MODELS = new Set(['sequence', 'choice', 'all', 'group'])

/** The content model of a complex type, of one of its steps, or of a named group. */
export function modelIn(
  build: Build,
  node: Element,
  file: SchemaFile,
  where: string,
  element: ReadElement,
): Particle[] {
  const model = node.all().find(({ ns, local }) => ns === XSD && MODELS.has(local))
  const particle = model && particleOf(build, model, file, where, element)
  return particle ? [particle] : []
}

function particleOf(
  build: Build,
  node: Element,
  file: SchemaFile,
  where: string,
  element: ReadElement,
): Particle | undefined {
  if (node.ns !== XSD || node.local === 'annotation') return undefined
  spend(build)
  const occurs = occursOf(node)
  if (occurs.max === 0) return undefined
  switch (node.local) {
    case 'element':
      return element(node, file, occurs, where)
    case 'any': {
      const ns = attribute(node, 'namespace')
      const from = ns === undefined || ns === '##any' ? '' : ` (${ns})`
      return remark(`any further elements${from}: neither read nor written`, true)
    }
    case 'group':
      return groupParticle(build, node, file, where, element)
    case 'sequence':
    case 'all':
    case 'choice': {
      const parts = node.all().flatMap((part) => particleOf(build, part, file, where, element) ?? [])
      return { kind: 'group', isChoice: node.local === 'choice', ...occurs, parts }
    }
    default:
      return remark(`xs:${node.local} is not expressed`, false)
  }
}

function groupParticle(
  build: Build,
  node: Element,
  file: SchemaFile,
  where: string,
  element: ReadElement,
): Particle | undefined {
  const name = build.schemas.resolve(file, node, attribute(node, 'ref') ?? '', where)
  const key = `group ${keyOf(name)}`
  if (build.open.has(key)) return remark(`the group ${name.local} within itself is not expressed`, false)
  const group = build.schemas.find('group', name, where)
  build.open.add(key)
  const parts = modelIn(build, group.node, group.file, where, element)
  build.open.delete(key)
  return { kind: 'group', isChoice: false, ...occursOf(node), parts }
}

/** Groups that refer to each other twice and twice again would be more than any schema has. */
function spend(build: Build): void {
  if (build.budget.left-- <= 0)
    throw new ImportError('the schema has more elements in its types than any service needs')
}

function remark(what: string, isWildcard: boolean): RemarkParticle {
  return { kind: 'remark', what, isWildcard }
}
