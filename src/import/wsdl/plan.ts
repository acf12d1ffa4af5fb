import type { Notes } from '../notes.ts'
import { type Comment, call } from '../print/code.ts'
import { pascalCase } from '../print/names.ts'
import { isTrue, keyOf, type QName } from '../qname.ts'
import type { Build, Declaration, Field, Shape } from '../shape.ts'
import { globalField, globalShape } from '../xsd/element.ts'
import type { ReadElement } from '../xsd/particles.ts'
import { typeShape } from '../xsd/type.ts'
import type { Part } from './messages.ts'
import type { Named } from './operation-names.ts'
import type { Operation } from './operations.ts'

/** An operation with the constants that it speaks of: what is left is to write it. */
export interface Plan extends Named {
  readonly element: QName
  readonly request: Declaration
  readonly requestHeader: Declaration | undefined
  /** The answer's element; of rpc, whose name says nothing, the namespace. */
  readonly answer: { readonly ns: string; readonly local: string | undefined }
  readonly output: Declaration | undefined
  readonly responseHeader: Declaration | undefined
  readonly faults: readonly PlannedFault[]
  readonly comments: readonly Comment[]
}

export interface PlannedFault {
  /** The local name of the element in the detail. */
  readonly key: string
  readonly detail: Declaration
}

/** Whether an operation can be expressed; one that cannot is a line on the terminal. */
export function isExpressible({ name, style, input, output }: Operation, notes: Notes): boolean {
  if (style === 'rpc') return true
  const reason = refusal(input.body, 'request') ?? (output && refusal(output.body, 'answer'))
  if (reason !== undefined) notes.sayAtHead(`operation ${name}`, `left out, since ${reason}`)
  return reason === undefined
}

/** Plans an operation: with it come the constants that it needs. */
export function planOf(build: Build, named: Named, read: ReadElement): Plan {
  const { operation } = named
  const { name, style, input, output } = operation
  const where = `operation ${name}`
  const pascal = pascalCase(name)
  const comments: Comment[] = []
  if (style === 'document' && (input.isEncoded || output?.isEncoded))
    comments.push(build.notes.say(where, 'values that stand elsewhere in the answer (href) are not looked for'))
  if (input.isEncoded || output?.isEncoded)
    comments.push(build.notes.say(where, 'rpc/encoded: what is written does not say its types (xsi:type)'))
  const [sent, got] = [input.body[0]?.element, output?.body[0]?.element]
  const isEmpty = style === 'document' && output?.body.length === 0
  return {
    ...named,
    element: style === 'document' && sent ? sent : input.wrapper,
    request: bodyOf(build, operation, input.body, input.wrapper.ns, `${pascal}Request`, read),
    requestHeader: headersOf(build, input.headers, `${pascal}RequestHeader`, 1, read),
    answer: style === 'document' && got ? got : { ns: output?.wrapper.ns ?? '', local: undefined },
    output:
      output && !isEmpty
        ? bodyOf(build, operation, output.body, output.wrapper.ns, `${pascal}Response`, read)
        : undefined,
    responseHeader: output && headersOf(build, output.headers, `${pascal}ResponseHeader`, 0, read),
    faults: faultsOf(build, operation, comments, read),
    comments,
  }
}

/** Why a body of document style cannot be expressed; WS-I's Basic Profile (R2201, R2204) allows one element at most. */
function refusal(body: readonly Part[], what: string): string | undefined {
  if (body.length > 1) return `its ${what} has ${body.length} parts in the body`
  if (body.length === 0) return what === 'request' ? 'its request has an empty body' : undefined
  return body[0]?.element ? undefined : `its ${what} has a part with a type but no element`
}

function bodyOf(
  build: Build,
  { style, name }: Operation,
  body: readonly Part[],
  ns: string,
  proposal: string,
  read: ReadElement,
): Declaration {
  const [part] = body
  if (style === 'document' && part?.element) return elementOf(build, part.element, `operation ${name}`, proposal, read)
  const fields = body.map((part) => partField(build, part, `operation ${name}, part ${part.name}`, read))
  return constant(build, proposal, { kind: 'object', fields, remarks: [] }, ns)
}

/** A part of an rpc message: an element of its name in no namespace (WS-I Basic Profile, R2735). */
function partField(build: Build, { name: local, element, type }: Part, where: string, read: ReadElement): Field {
  const name = { ns: '', local }
  const comments: Comment[] = []
  let shape: Shape
  if (element) {
    shape = globalShape(build, build.schemas.find('element', element, where), read)
    comments.push(
      build.notes.say(
        where,
        `a part with an element (${element.local}), where rpc has types: taken for one of its type`,
      ),
    )
  } else if (type) shape = typeShape(build, type, where, read)
  else {
    shape = { kind: 'value', code: call('xml.any'), comments: [] }
    comments.push(build.notes.say(where, 'a part with neither a type nor an element'))
  }
  if (shape.kind === 'named') shape.declaration.holders.add('')
  return { place: 'element', name, shape, min: 1, max: 1, isNillable: false, comments }
}

function headersOf(
  build: Build,
  parts: readonly Part[],
  proposal: string,
  min: number,
  read: ReadElement,
): Declaration | undefined {
  if (parts.length === 0) return undefined
  const fields = parts.flatMap(({ element }) =>
    element ? [globalField(build, build.schemas.find('element', element, proposal), min, 1, read)] : [],
  )
  return constant(build, proposal, { kind: 'object', fields, remarks: [], ns: build.ns }, build.ns)
}

/** The faults by the names of the elements in their details, which are all that tells them apart. */
function faultsOf(
  build: Build,
  { name: operation, faults }: Operation,
  comments: Comment[],
  read: ReadElement,
): PlannedFault[] {
  const where = `operation ${operation}`
  const planned = new Map<string, PlannedFault>()
  for (const { name, message } of faults) {
    const element = message.body[0]?.element
    const reason = element
      ? planned.has(element.local) && `another one has an element of the name ${element.local}`
      : 'its message names no element'
    if (reason) comments.push(build.notes.say(where, `the fault ${name} is not expressed, since ${reason}`))
    else if (element) {
      const detail = elementOf(build, element, where, pascalCase(element.local), read)
      planned.set(element.local, { key: element.local, detail })
    }
  }
  return [...planned.values()]
}

/** The constant for what a global element holds. */
function elementOf(build: Build, name: QName, where: string, proposal: string, read: ReadElement): Declaration {
  const component = build.schemas.find('element', name, where)
  if (isTrue(component.node, 'nillable'))
    build.notes.sayAtHead(where, `${name.local} may be nil as a whole (xsi:nil), which is not expressed`)
  const shape = globalShape(build, component, read)
  const key = `body ${keyOf(name)}`
  const declaration =
    shape.kind === 'named'
      ? shape.declaration
      : (build.declarations.get(key) ?? constant(build, proposal, shape, name.ns))
  if (shape.kind !== 'named') build.declarations.set(key, declaration)
  declaration.holders.add(name.ns)
  return declaration
}

function constant(build: Build, proposal: string, shape: Shape, holder: string): Declaration {
  return { name: build.names.take(proposal), comments: [], shape, holders: new Set([holder]) }
}
