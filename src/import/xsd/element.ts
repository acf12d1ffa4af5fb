import type { Element } from '../../codec/xml/index.ts'
import { ImportError } from '../import-error.ts'
import type { Comment } from '../print/code.ts'
import { pascalCase } from '../print/names.ts'
import { valueCode } from '../print/value-code.ts'
import { attribute, child, isTrue, keyOf, type QName, XSD } from '../qname.ts'
import type { Build, Field, Shape, Simple } from '../shape.ts'
import { fixedShape } from './attributes.ts'
import { declare } from './declare.ts'
import { documentation } from './facets.ts'
import { isAbstract } from './families.ts'
import type { FieldParticle, Occurs, Particle, ReadElement } from './particles.ts'
import type { Component, SchemaFile } from './schemas.ts'
import { readSimple, simpleShape } from './simple.ts'
import { anything, inlineComplex, typeShape } from './type.ts'

/** An element's declaration or reference as a part of a content model: where others may stand in for it, a choice. */
export function elementReader(build: Build): ReadElement {
  const read: ReadElement = (node, file, occurs, where) => {
    const reference = attribute(node, 'ref')
    if (reference === undefined) return local(build, node, file, occurs, where, read)
    const name = build.schemas.resolve(file, node, reference, where)
    // A schema within a document, as .NET's DataSets have it: whatever is there.
    if (name.ns === XSD && !build.schemas.has('element', name))
      return { kind: 'remark', what: 'a schema within the document', isWildcard: true }
    const head = build.schemas.find('element', name, where)
    const members = [...(isAbstract(head.node) ? [] : [head]), ...build.families.substitutes(name)]
    const part = (component: Component, { min, max }: Occurs): FieldParticle => ({
      kind: 'field',
      field: withComments(globalField(build, component, min, max, read), documentation(node)),
    })
    const [only, ...others] = members
    if (!only)
      return { kind: 'remark', what: `${name.local} is abstract, and nothing stands in for it`, isWildcard: false }
    if (others.length === 0) return part(only, occurs)
    return {
      kind: 'group',
      isChoice: true,
      ...occurs,
      parts: members.map((member) => part(member, { min: 1, max: 1 })),
    }
  }
  return read
}

/** A global element as a field. */
export function globalField(build: Build, component: Component, min: number, max: number, read: ReadElement): Field {
  const { node, name } = component
  const shape = globalShape(build, component, read)
  if (shape.kind === 'named') shape.declaration.holders.add(name.ns)
  return field(build, node, { name, shape, min, max }, `element ${name.local}`)
}

/** What a global element holds; one with a type of its own is a constant of the module. */
export function globalShape(build: Build, { node, file, name }: Component, read: ReadElement): Shape {
  const where = `element ${name.local}`
  const complex = child(node, 'complexType', XSD)
  if (!complex) return shapeFrom(build, node, file, where, read)
  const pascal = pascalCase(name.local)
  const said = documentation(node) || documentation(complex)
  const names = [pascal, `${pascal}Element`] as const
  const declared = { key: `element ${keyOf(name)}`, names, documentation: said }
  const declaration = declare(build, declared, () => inlineComplex(build, complex, file, where, read))
  return { kind: 'named', declaration }
}

function local(
  build: Build,
  node: Element,
  file: SchemaFile,
  { min, max }: Occurs,
  where: string,
  read: ReadElement,
): Particle {
  const form = attribute(node, 'form') ?? attribute(file.root, 'elementFormDefault') ?? 'unqualified'
  const name: QName = { ns: form === 'qualified' ? file.ns : '', local: attribute(node, 'name') ?? '' }
  const at = `${where}, element ${name.local}`
  const shape = shapeFrom(build, node, file, at, read)
  if (shape.kind === 'named') shape.declaration.holders.add(name.ns)
  return { kind: 'field', field: field(build, node, { name, shape, min, max }, at) }
}

/** The type that an element names, that stands in it, or that the head of its substitution group has. */
function shapeFrom(build: Build, node: Element, file: SchemaFile, where: string, read: ReadElement): Shape {
  const type = attribute(node, 'type')
  if (type !== undefined) return typeShape(build, build.schemas.resolve(file, node, type, where), where, read)
  const complex = child(node, 'complexType', XSD)
  if (complex) return inlineComplex(build, complex, file, where, read)
  const simple = child(node, 'simpleType', XSD)
  if (simple) return simpleShape(build, { simple: readSimple(build, simple, file, where) }, where)
  const [head] = (attribute(node, 'substitutionGroup') ?? '').split(/\s+/).filter((name) => name !== '')
  if (head === undefined) return anything()
  const name = build.schemas.resolve(file, node, head, where)
  const key = `head ${keyOf(name)}`
  if (build.open.has(key)) throw new ImportError(`element ${name.local} stands in for itself`)
  build.open.add(key)
  const shape = globalShape(build, build.schemas.find('element', name, where), read)
  build.open.delete(key)
  return shape
}

type Given = Pick<Field, 'name' | 'shape' | 'min' | 'max'>

function field(build: Build, node: Element, { name, shape, min, max }: Given, where: string): Field {
  const isNillable = isTrue(node, 'nillable')
  const comments: Comment[] = []
  const said = documentation(node)
  // A global element's own documentation stands at its constant.
  if (said !== '' && !(shape.kind === 'named' && shape.declaration.comments.some(({ text }) => text === said)))
    comments.push({ kind: 'doc', text: said })
  for (const constraint of ['key', 'keyref', 'unique', 'alternative']) {
    for (const found of node.children(constraint, XSD))
      comments.push(build.notes.say(where, `not checked: xs:${constraint} ${attribute(found, 'name') ?? ''}`))
  }
  const base: Field = { place: 'element', name, shape, min, max, isNillable, comments }
  const [fixed, fallback] = [attribute(node, 'fixed'), attribute(node, 'default')]
  if (fallback !== undefined)
    comments.push(build.notes.say(where, `not expressed: an empty element means '${fallback}'`))
  if (fixed === undefined) return base
  const simple = simpleIn(shape)
  const code = simple && !simple.item ? valueCode(simple, fixed, build.settings) : undefined
  if (simple && code !== undefined) return { ...base, shape: fixedShape(code, simple) }
  comments.push(build.notes.say(where, `not expressed: its value is always '${fixed}'`))
  return base
}

function simpleIn(shape: Shape): Simple | undefined {
  const value = shape.kind === 'named' ? shape.declaration.shape : shape
  return value?.kind === 'value' ? value.simple : undefined
}

function withComments(field: Field, said: string): Field {
  return said === '' ? field : { ...field, comments: [{ kind: 'doc', text: said }, ...field.comments] }
}
