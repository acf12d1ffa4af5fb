import type { Element } from '../../codec/xml/index.ts'
import { type Code, type Comment, call } from '../print/code.ts'
import { valueCode } from '../print/value-code.ts'
import { attribute, keyOf, type QName, SOAP_ENCODING, XML, XSD } from '../qname.ts'
import type { Build, Field, Shape, Simple } from '../shape.ts'
import { documentation } from './facets.ts'
import type { SchemaFile } from './schemas.ts'
import { simpleFrom, simpleShape } from './simple.ts'

/** The attributes of a type, by expanded name. */
export interface Attributes {
  readonly fields: ReadonlyMap<string, Field>
  /** What cannot be expressed. */
  readonly remarks: readonly string[]
}

export const NO_ATTRIBUTES: Attributes = { fields: new Map(), remarks: [] }

/**
 * The attributes that a type declares over those it has already (XML Schema part 1, section 3.4.2): a restriction may change
 * or prohibit them, an extension adds some.
 */
export function attributesOf(
  build: Build,
  node: Element,
  file: SchemaFile,
  where: string,
  before: Attributes,
): Attributes {
  const fields = new Map(before.fields)
  const remarks = [...before.remarks]
  for (const part of node.all().filter(({ ns }) => ns === XSD)) {
    if (part.local === 'attribute') {
      const { field, isProhibited } = attributeField(build, part, file, where)
      if (isProhibited) fields.delete(keyOf(field.name))
      else if (field.name.ns !== SOAP_ENCODING) fields.set(keyOf(field.name), field)
    } else if (part.local === 'attributeGroup') {
      const inside = groupOf(build, part, file, where)
      for (const [key, field] of inside.fields) fields.set(key, field)
      remarks.push(...inside.remarks)
    } else if (part.local === 'anyAttribute') {
      const what = 'any further attributes: neither read nor written'
      if (!remarks.includes(what)) remarks.push(what)
    } else if (part.local === 'assert' || part.local === 'openContent') remarks.push(`not checked: xs:${part.local}`)
  }
  return { fields, remarks }
}

function groupOf(build: Build, part: Element, file: SchemaFile, where: string): Attributes {
  const name = build.schemas.resolve(file, part, attribute(part, 'ref') ?? '', where)
  // xml.xsd's group of all that the namespace has, which need not be fetched.
  if (name.ns === XML && !build.schemas.has('attributeGroup', name)) {
    const fields = ['lang', 'space', 'base', 'id'].map((local) => xmlAttribute({ ns: XML, local }, 0))
    return { fields: new Map(fields.map((field) => [keyOf(field.name), field])), remarks: [] }
  }
  const key = `attributeGroup ${keyOf(name)}`
  if (build.open.has(key) || name.ns === SOAP_ENCODING) return NO_ATTRIBUTES
  const { node, file: inFile } = build.schemas.find('attributeGroup', name, where)
  build.open.add(key)
  const inside = attributesOf(build, node, inFile, where, NO_ATTRIBUTES)
  build.open.delete(key)
  return inside
}

function xmlAttribute(name: QName, min: number): Field {
  const shape: Shape = { kind: 'value', code: call('z.string'), comments: [] }
  return { place: 'attribute', name, shape, min, max: 1, isNillable: false, comments: [] }
}

function attributeField(
  build: Build,
  part: Element,
  file: SchemaFile,
  where: string,
): { field: Field; isProhibited: boolean } {
  const use = attribute(part, 'use') ?? 'optional'
  const isProhibited = use === 'prohibited'
  const min = use === 'required' ? 1 : 0
  const reference = attribute(part, 'ref')
  let [node, inFile] = [part, file]
  let name: QName
  if (reference === undefined) {
    const form = attribute(part, 'form') ?? attribute(file.root, 'attributeFormDefault') ?? 'unqualified'
    name = { ns: form === 'qualified' ? file.ns : '', local: attribute(part, 'name') ?? '' }
  } else {
    name = build.schemas.resolve(file, part, reference, where)
    const isKnown = name.ns === XML || name.ns === SOAP_ENCODING
    if (isKnown && !build.schemas.has('attribute', name)) return { field: xmlAttribute(name, min), isProhibited }
    const component = build.schemas.find('attribute', name, where)
    node = component.node
    inFile = component.file
  }
  const at = `${where}, attribute ${name.local}`
  const simpleUse = simpleFrom(build, node, 'type', inFile, at)
  const shape = simpleShape(build, simpleUse, at)
  const said = documentation(part) || documentation(node)
  const comments: Comment[] = said === '' ? [] : [{ kind: 'doc', text: said }]
  const own = (name: string) => attribute(part, name) ?? attribute(node, name)
  const field: Field = { place: 'attribute', name, shape, min, max: 1, isNillable: false, comments }
  const [fixed, fallback] = [own('fixed'), own('default')]
  if (fixed === undefined && fallback === undefined) return { field, isProhibited }
  return { field: { ...field, ...withValue(build, field, simpleUse.simple, fixed, fallback, at) }, isProhibited }
}

/** An attribute with a default, or with a value that never differs (part 1, section 3.2.1). */
function withValue(
  build: Build,
  { min, comments }: Field,
  simple: Simple,
  fixed: string | undefined,
  fallback: string | undefined,
  at: string,
): Partial<Field> {
  const text = (fixed ?? fallback) as string
  const code = fixed !== undefined && simple.item ? undefined : valueCode(simple, text, build.settings)
  if (code === undefined) {
    const what = `not expressed: ${fixed === undefined ? 'the default' : 'the fixed value'} '${text}'`
    return { comments: [...comments, build.notes.say(at, what)] }
  }
  const shape: Partial<Field> = fixed === undefined ? {} : { shape: fixedShape(code, simple) }
  return min === 0 ? { ...shape, fallback: code } : shape
}

/** What is always the same value. */
export function fixedShape(code: Code, simple: Simple): Shape {
  return { kind: 'value', code: call('z.literal', code), comments: [], simple }
}
