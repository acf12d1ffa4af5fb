import type { Element } from '../../codec/xml/index.ts'
import { call } from '../print/code.ts'
import { pascalCase } from '../print/names.ts'
import { child, keyOf, type QName, SOAP_ENCODING, XSD } from '../qname.ts'
import type { Build, Declaration, Field, Shape, ValueShape } from '../shape.ts'
import { alternate } from './combine.ts'
import { contentOf, shapeOfContent } from './complex.ts'
import { declare } from './declare.ts'
import { encodedArray } from './encoded-array.ts'
import { documentation } from './facets.ts'
import { isAbstract } from './families.ts'
import type { ReadElement } from './particles.ts'
import type { Component, SchemaFile } from './schemas.ts'
import { builtinOf, namedSimple, simpleShape } from './simple.ts'

/** Whatever is there: xs:anyType. */
export function anything(): ValueShape {
  return { kind: 'value', code: call('xml.any'), comments: [] }
}

/**
 * What an element of a named type holds.
 *
 * @throws ImportError for a name of nothing
 */
export function typeShape(build: Build, name: QName, where: string, read: ReadElement): Shape {
  const builtin = builtinOf(name)
  if (builtin?.kind === 'any' || (name.ns === SOAP_ENCODING && !builtin)) return anything()
  if (builtin) return simpleShape(build, namedSimple(build, name, where), where)
  const component = build.schemas.find('type', name, where)
  if (component.node.local === 'simpleType') return simpleShape(build, namedSimple(build, name, where), where)
  const array = encodedArray(build, component.node, component.file, `type ${name.local}`)
  if (array) return arrayShape(build, array, where, read)
  return { kind: 'named', declaration: complexDeclaration(build, component, read) }
}

function arrayShape(
  build: Build,
  array: NonNullable<ReturnType<typeof encodedArray>>,
  where: string,
  read: ReadElement,
): Shape {
  const { type, name, comments } = array
  // Of arrays that have nothing in them but each other there is no telling where they end.
  const key = `array ${keyOf(type)}`
  if (build.open.has(key)) return anything()
  build.open.add(key)
  let item = typeShape(build, type, where, read)
  for (let depth = 1; depth < array.depth; depth++) item = { kind: 'array', item, name, comments: [] }
  build.open.delete(key)
  if (item.kind === 'named') item.declaration.holders.add(name.ns)
  return { kind: 'array', item, name, comments }
}

function complexDeclaration(build: Build, { name, node, file }: Component, read: ReadElement): Declaration {
  const where = `type ${name.local}`
  const pascal = pascalCase(name.local)
  const names = [pascal, `${pascal}Type`] as const
  return declare(build, { key: `type ${keyOf(name)}`, names, documentation: documentation(node) }, (comments) => {
    const shape = inlineComplex(build, node, file, where, read)
    const heirs = build.families.derived(name).filter(isExtension)
    const remark = heirsRemark(node, heirs)
    if (remark !== undefined) comments.push(build.notes.say(where, remark))
    return isAbstract(node) ? withHeirs(build, shape, heirs, read) : shape
  })
}

/** What is lost where other types may be sent in place of one, since no schema of a module speaks of `xsi:type`. */
function heirsRemark(node: Element, heirs: readonly Component[]): string | undefined {
  const names = heirs.filter((heir) => !isAbstract(heir.node)).map(({ name }) => name.local)
  const list = `${names.join(', ')} (xsi:type)`
  if (!isAbstract(node)) {
    return names.length === 0 ? undefined : `may be sent as ${list}, whose own elements are neither read nor written`
  }
  if (names.length === 0) return 'abstract, and nothing extends it'
  return `abstract: always sent as ${list}, whose own elements are the optional ones at the end; what is written cannot say which`
}

/** A complex type without a name, as it stands in an element. */
export function inlineComplex(build: Build, node: Element, file: SchemaFile, where: string, read: ReadElement): Shape {
  const array = encodedArray(build, node, file, where)
  if (array) return arrayShape(build, array, where, read)
  return shapeOfContent(build, contentOf(build, node, file, where, read), where)
}

function isExtension({ node }: Component): boolean {
  const content = child(node, 'complexContent', XSD) ?? child(node, 'simpleContent', XSD)
  return content !== undefined && child(content, 'extension', XSD) !== undefined
}

/** An abstract type, with what those that are sent in its place add. */
function withHeirs(build: Build, shape: Shape, heirs: readonly Component[], read: ReadElement): Shape {
  if (shape.kind !== 'object') return shape
  const known = new Set(shape.fields.flatMap(keysOf))
  let elements: readonly Field[] = []
  const attributes = new Map<string, Field>()
  for (const { node, file, name } of heirs) {
    if (isAbstract(node)) continue
    const own = inlineComplex(build, node, file, `type ${name.local}`, read)
    const fields =
      own.kind === 'object' ? own.fields.filter((field) => !keysOf(field).some((key) => known.has(key))) : []
    for (const field of fields.filter(({ place }) => place === 'attribute'))
      attributes.set(keyOf(field.name), { ...field, min: 0 })
    elements = alternate(
      elements,
      fields.filter(({ place }) => place !== 'attribute'),
    )
  }
  return { ...shape, fields: [...attributes.values(), ...shape.fields, ...elements] }
}

function keysOf({ place, name, options }: Field): string[] {
  if (options) return options.flatMap(keysOf)
  return [`${place} ${keyOf(name)}`]
}
