import type { Element } from '../../codec/xml/index.ts'
import { ImportError } from '../import-error.ts'
import type { Comment } from '../print/code.ts'
import { pascalCase } from '../print/names.ts'
import { simpleCode } from '../print/simple-code.ts'
import { attribute, child, keyOf, type QName, SOAP_ENCODING, XSD } from '../qname.ts'
import type { Build, Declaration, NamedShape, Simple, SimpleUse, ValueShape } from '../shape.ts'
import { type Builtin, builtinNamed } from './builtin.ts'
import { documentation, documentedValues, isFree, NO_FACETS, restricted } from './facets.ts'
import type { SchemaFile } from './schemas.ts'

/** The built-in type of a name: of XML Schema itself, or what SOAP's encoding has of the same name. */
export function builtinOf({ ns, local }: QName): Builtin | undefined {
  return ns === XSD || ns === SOAP_ENCODING ? builtinNamed(local) : undefined
}

/** A use of a simple type as the shape of an element or attribute. */
export function simpleShape(build: Build, { simple, declaration }: SimpleUse, where: string): ValueShape | NamedShape {
  if (declaration) return { kind: 'named', declaration }
  return valueShape(build, simple, where)
}

function valueShape(build: Build, simple: Simple, where: string): ValueShape {
  const { code, comments, uses } = simpleCode(simple, build.settings, (what) => build.notes.say(where, what))
  const { builtin } = simple
  const telling = builtin.isTelling && !(builtin.name === 'dateTime' && build.settings.dates)
  return {
    kind: 'value',
    code,
    comments,
    simple,
    telling: telling ? `xs:${builtin.name}` : undefined,
    uses,
  }
}

/**
 * The simple type of a name; one that restricts, lists or unites becomes a constant of the module.
 *
 * @throws ImportError for a name of nothing, or of a complex type
 */
export function namedSimple(build: Build, name: QName, where: string): SimpleUse {
  const builtin = builtinOf(name)
  if (builtin) return { simple: simpleBuiltin(builtin) }
  const { node, file } = build.schemas.find('type', name, where)
  if (node.local !== 'simpleType')
    throw new ImportError(`${where}: ${name.local} is a complex type where a simple one is needed`)
  const key = `type ${keyOf(name)}`
  const known = build.declarations.get(key)
  if (known?.shape?.kind === 'value' && known.shape.simple) return { simple: known.shape.simple, declaration: known }
  if (build.open.has(key)) throw new ImportError(`type ${name.local} leads back to itself`)
  build.open.add(key)
  const simple = readSimple(build, node, file, `type ${name.local}`)
  build.open.delete(key)
  const comments = simpleComments(node)
  if (isFree(simple.facets) && !simple.item && !simple.members && comments.length === 0) return { simple }
  const pascal = pascalCase(name.local)
  const declaration: Declaration = {
    name: build.names.take(pascal, `${pascal}Type`),
    comments,
    shape: valueShape(build, simple, `type ${name.local}`),
    holders: new Set(),
  }
  build.declarations.set(key, declaration)
  return { simple, declaration }
}

/** Reads a simpleType element. */
export function readSimple(build: Build, node: Element, file: SchemaFile, where: string): Simple {
  const restriction = child(node, 'restriction', XSD)
  if (restriction) {
    const base = simpleFrom(build, restriction, 'base', file, where).simple
    return { ...base, facets: restricted(base.facets, restriction) }
  }
  const text = builtinNamed('string') as Builtin
  const listed = child(node, 'list', XSD)
  if (listed) return { builtin: text, item: simpleFrom(build, listed, 'itemType', file, where), facets: NO_FACETS }
  const union = child(node, 'union', XSD)
  if (!union) throw new ImportError(`${where}: a simpleType without a restriction, list or union`)
  const names = (attribute(union, 'memberTypes') ?? '').split(/\s+/).filter((name) => name !== '')
  const members = [
    ...names.map((name) => namedSimple(build, build.schemas.resolve(file, union, name, where), where)),
    ...union.children('simpleType', XSD).map((member) => ({ simple: readSimple(build, member, file, where) })),
  ]
  return { builtin: text, members, facets: NO_FACETS }
}

/** The simple type that an attribute names, or that stands inside. */
export function simpleFrom(build: Build, node: Element, name: string, file: SchemaFile, where: string): SimpleUse {
  const written = attribute(node, name)
  if (written !== undefined) return namedSimple(build, build.schemas.resolve(file, node, written, where), where)
  const inside = child(node, 'simpleType', XSD)
  if (inside) return { simple: readSimple(build, inside, file, where) }
  return { simple: simpleBuiltin(builtinNamed('anySimpleType') as Builtin) }
}

export function simpleBuiltin(builtin: Builtin): Simple {
  const item = builtin.item === undefined ? undefined : builtinNamed(builtin.item)
  return { builtin, facets: NO_FACETS, ...(item && { item: { simple: simpleBuiltin(item) } }) }
}

function simpleComments(node: Element): Comment[] {
  const restriction = child(node, 'restriction', XSD)
  const said = [documentation(node), restriction ? documentedValues(restriction) : ''].filter((text) => text !== '')
  return said.length === 0 ? [] : [{ kind: 'doc', text: said.join(' · ') }]
}
