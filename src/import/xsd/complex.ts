import type { Element } from '../../codec/xml/index.ts'
import { ImportError } from '../import-error.ts'
import { call } from '../print/code.ts'
import { attribute, child, isTrue, keyOf, XSD } from '../qname.ts'
import type { Build, Field, Shape, SimpleUse } from '../shape.ts'
import { type Attributes, attributesOf, NO_ATTRIBUTES } from './attributes.ts'
import { choiceField } from './combine.ts'
import { restricted } from './facets.ts'
import { flatten, leavesOf } from './flatten.ts'
import { modelIn, type Particle, type ReadElement } from './particles.ts'
import type { SchemaFile } from './schemas.ts'
import { builtinOf, namedSimple, readSimple, simpleShape } from './simple.ts'

/** What is in a complex type, with what it has from the types before it (XML Schema part 1, section 3.4). */
export interface Content {
  readonly attributes: Attributes
  /** The text beside attributes, of a type with simple content. */
  readonly text?: SimpleUse
  readonly particles: readonly Particle[]
  readonly isMixed: boolean
}

const NOTHING: Content = { attributes: NO_ATTRIBUTES, particles: [], isMixed: false }

/**
 * Reads a complexType element.
 *
 * @param heirs the types that have this one's content, to notice one that leads back to itself
 * @throws ImportError for a type that leads back to itself, or to a name of nothing
 */
export function contentOf(
  build: Build,
  node: Element,
  file: SchemaFile,
  where: string,
  element: ReadElement,
  heirs: readonly string[] = [],
): Content {
  const isMixed = (holder: Element | undefined) => isTrue(holder, 'mixed')
  const holder = child(node, 'complexContent', XSD) ?? child(node, 'simpleContent', XSD)
  if (!holder) {
    return {
      attributes: attributesOf(build, node, file, where, NO_ATTRIBUTES),
      particles: modelIn(build, node, file, where, element),
      isMixed: isMixed(node),
    }
  }
  const extension = child(holder, 'extension', XSD)
  const step = extension ?? child(holder, 'restriction', XSD)
  if (!step) throw new ImportError(`${where}: ${holder.local} without an extension or restriction`)
  const base = baseOf(build, step, file, where, element, heirs)
  const attributes = attributesOf(build, step, file, where, base.attributes)
  if (holder.local === 'simpleContent') {
    const text = base.text ?? { simple: readSimple(build, step, file, where) }
    return {
      attributes,
      particles: [],
      isMixed: false,
      text: extension ? text : narrowed(build, step, file, where, text),
    }
  }
  const own = modelIn(build, step, file, where, element)
  const particles = extension ? [...base.particles, ...own] : own
  return {
    attributes,
    particles,
    isMixed: isMixed(node) || isMixed(holder) || (extension !== undefined && base.isMixed),
  }
}

function baseOf(
  build: Build,
  step: Element,
  file: SchemaFile,
  where: string,
  element: ReadElement,
  heirs: readonly string[],
): Content {
  const name = build.schemas.resolve(file, step, attribute(step, 'base') ?? '', where)
  const key = keyOf(name)
  const builtin = builtinOf(name)
  if (builtin?.kind === 'any') return NOTHING
  const component = builtin ? undefined : build.schemas.find('type', name, where)
  if (component?.node.local !== 'complexType') return { ...NOTHING, text: namedSimple(build, name, where) }
  if (heirs.includes(key)) throw new ImportError(`type ${name.local} leads back to itself`)
  return contentOf(build, component.node, component.file, `type ${name.local}`, element, [...heirs, key])
}

/** A restriction of simple content: of the type inside it, or of what it had. */
function narrowed(
  build: Build,
  step: Element,
  file: SchemaFile,
  where: string,
  { simple, declaration }: SimpleUse,
): SimpleUse {
  const inside = child(step, 'simpleType', XSD)
  const base = inside ? readSimple(build, inside, file, where) : simple
  const facets = restricted(base.facets, step)
  const isSame = !inside && JSON.stringify(facets) === JSON.stringify(simple.facets)
  return isSame && declaration ? { simple, declaration } : { simple: { ...base, facets } }
}

/** A type's content as what an element holds. */
export function shapeOfContent(build: Build, content: Content, where: string): Shape {
  const { attributes, text, particles, isMixed } = content
  const say = (what: string) => build.notes.say(where, what)
  const own = [...attributes.fields.values()]
  const leaves = leavesOf(particles)
  if (!text && leaves.length === 0 && hasWildcard(particles)) {
    const names = own.map(({ name }) => name.local).join(', ')
    const comments = names === '' ? [] : [say(`whatever is in it is read, with its attributes (${names})`)]
    return { kind: 'value', code: call('xml.any'), comments }
  }
  const remarks = [...new Set([...attributes.remarks, ...remarksOf(particles)])].map(say)
  const object = (fields: readonly Field[]): Shape => ({ kind: 'object', fields: [...own, ...fields], remarks })
  if (isMixed && !text && leaves.length > 0) return object([choiceField('mixed', 'content', leaves)])
  if (!isMixed && !text) return object(flatten(particles, say))
  const shape: Shape = text ? simpleShape(build, text, where) : { kind: 'value', code: call('z.string'), comments: [] }
  return own.length === 0 && remarks.length === 0 ? shape : object([textField(shape)])
}

function textField(shape: Shape): Field {
  const name = { ns: '', local: 'value' }
  return { place: 'text', name, shape, min: 1, max: 1, isNillable: false, comments: [] }
}

function hasWildcard(particles: readonly Particle[]): boolean {
  return particles.some((part) =>
    part.kind === 'group' ? hasWildcard(part.parts) : part.kind === 'remark' && part.isWildcard,
  )
}

function remarksOf(particles: readonly Particle[]): string[] {
  return particles.flatMap((part) =>
    part.kind === 'group' ? remarksOf(part.parts) : part.kind === 'remark' ? [part.what] : [],
  )
}
