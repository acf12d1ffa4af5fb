import type { Element } from '../../codec/xml/index.ts'
import { ImportError } from '../import-error.ts'
import type { Notes } from '../notes.ts'
import { attribute, child, WSDL } from '../qname.ts'
import { type Wsdl, wsdlDocumentation } from './definitions.ts'
import { type Message, messageOf } from './messages.ts'
import type { Port } from './port.ts'

/** An operation, as it is bound to SOAP. */
export interface Operation {
  readonly name: string
  readonly documentation: string
  readonly style: 'document' | 'rpc'
  /** What SOAPAction says, '' for nothing. */
  readonly action: string
  readonly input: Message
  /** None for a one-way operation. */
  readonly output: Message | undefined
  readonly faults: readonly FaultMessage[]
}

/** A fault that an operation declares: the message with its detail. */
export interface FaultMessage {
  readonly name: string
  readonly message: Message
}

/**
 * The operations of a port, in the order of its binding.
 *
 * @param wanted names; all of them where none is given
 * @throws ImportError that lists the operations, for a name that is none of them
 */
export function operationsOf(wsdl: Wsdl, port: Port, wanted: readonly string[], notes: Notes): Operation[] {
  const bound = port.binding.node.children('operation', WSDL)
  const names = bound.map((node) => attribute(node, 'name') ?? '')
  const unknown = wanted.filter((name) => !names.includes(name))
  if (unknown.length > 0) {
    const known = names.length === 0 ? 'it has none' : `it has ${[...new Set(names)].join(', ')}`
    throw new ImportError(`port ${port.name} has no operation '${unknown.join("', '")}'; ${known}`)
  }
  const chosen = bound.filter((_, at) => wanted.length === 0 || wanted.includes(names[at] as string))
  return chosen.flatMap((node) => operationOf(wsdl, port, node, notes) ?? [])
}

function operationOf(wsdl: Wsdl, port: Port, bound: Element, notes: Notes): Operation | undefined {
  const name = attribute(bound, 'name') ?? ''
  const where = `operation ${name}`
  const abstract = abstractOf(port, bound, name)
  const extension = child(bound, 'operation', port.soap)
  const binding = child(port.binding.node, 'binding', port.soap)
  const style = attribute(extension ?? bound, 'style') ?? attribute(binding as Element, 'style') ?? 'document'
  const [first] = abstract.all().filter(({ ns, local }) => ns === WSDL && (local === 'input' || local === 'output'))
  const [input, output] = [child(abstract, 'input', WSDL), child(abstract, 'output', WSDL)]
  if (!input || first?.local === 'output') {
    notes.sayAtHead(where, 'left out, since it is the service that would begin it')
    return undefined
  }
  const context = { wsdl, port, name, style: style === 'rpc' ? 'rpc' : 'document', notes } as const
  return {
    name,
    documentation: wsdlDocumentation(abstract),
    style: context.style,
    action: actionOf((extension && attribute(extension, 'soapAction')?.trim()) ?? '', where, notes),
    input: messageOf(context, input, child(bound, 'input', WSDL), ''),
    output: output && messageOf(context, output, child(bound, 'output', WSDL), 'Response'),
    faults: abstract.children('fault', WSDL).map((fault) => {
      const faultName = attribute(fault, 'name') ?? ''
      return { name: faultName, message: messageOf(context, fault, undefined, '') }
    }),
  }
}

/** What can stand in a header: of anything else only its escaped form. */
function actionOf(action: string, where: string, notes: Notes): string {
  if (/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(action)) return action
  notes.sayAtHead(
    where,
    `its soapAction '${action}' has characters that no header can carry, and is written with them escaped`,
  )
  return encodeURI(action).replace(/%25/g, '%')
}

/** The abstract operation of a bound one; where several have the name, that with the same input and output names. */
function abstractOf(port: Port, bound: Element, name: string): Element {
  const candidates = port.portType.node.children('operation', WSDL).filter((node) => attribute(node, 'name') === name)
  const named = (node: Element, local: string) => {
    const part = child(node, local, WSDL)
    return part && attribute(part, 'name')
  }
  const same = (node: Element, local: string) => {
    const [given, declared] = [named(bound, local), named(node, local)]
    return given === undefined || declared === undefined || given === declared
  }
  const found = candidates.find((node) => same(node, 'input') && same(node, 'output')) ?? candidates[0]
  if (!found) throw new ImportError(`port type ${port.portType.name.local} has no operation '${name}'`)
  return found
}
