import type { Element } from '../../codec/xml/index.ts'
import type { Comment } from '../print/code.ts'
import { attribute, child, type QName, qnameIn, SOAP_ENCODING, WSDL, XSD } from '../qname.ts'
import type { Build } from '../shape.ts'
import type { SchemaFile } from './schemas.ts'

/** An array of rpc/encoded (SOAP 1.1, section 5.4.2; WSDL 1.1, section 2.2). */
export interface EncodedArray {
  /** The type of its items. */
  readonly type: QName
  /** The name of an item's element. */
  readonly name: QName
  /** Arrays within arrays: 2 for `string[][]`. */
  readonly depth: number
  readonly comments: readonly Comment[]
}

/** The array that a complexType element describes, if it restricts SOAP's own Array. */
export function encodedArray(build: Build, node: Element, file: SchemaFile, where: string): EncodedArray | undefined {
  const content = child(node, 'complexContent', XSD)
  const step = content && child(content, 'restriction', XSD)
  if (!step) return undefined
  const base = build.schemas.resolve(file, step, attribute(step, 'base') ?? '', where)
  if (base.ns !== SOAP_ENCODING || base.local !== 'Array') return undefined
  const element = step.all().flatMap((model) => model.children('element', XSD))[0]
  const local = element && attribute(element, 'name')
  const name = { ns: '', local: local ?? 'item' }
  const comments: Comment[] = []
  if (local === undefined)
    comments.push(
      build.notes.say(where, "an encoded array: its items are taken to be called 'item', as most services call them"),
    )
  for (const declared of step.children('attribute', XSD)) {
    const text = declared.attribute('arrayType', WSDL)
    const [, type, dimensions] = /^\s*([^[\s]+)\s*((?:\[[\d,]*\])+)\s*$/.exec(text ?? '') ?? []
    if (type === undefined || dimensions === undefined) continue
    if (dimensions.includes(','))
      comments.push(build.notes.say(where, 'an array of several dimensions is read as a flat one'))
    return { type: qnameIn(declared, type), name, depth: dimensions.split('[').length - 1, comments }
  }
  const itemType = element && attribute(element, 'type')
  const type =
    itemType === undefined
      ? { ns: XSD, local: 'anyType' }
      : build.schemas.resolve(file, element as Element, itemType, where)
  return { type, name, depth: 1, comments }
}
