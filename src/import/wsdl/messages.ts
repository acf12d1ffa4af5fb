import type { Element } from '../../codec/xml/index.ts'
import type { Notes } from '../notes.ts'
import { attribute, child, type QName, WSDL } from '../qname.ts'
import { named, type Wsdl } from './definitions.ts'
import type { Port } from './port.ts'

/** A part of a message: an element, or a type that something else gives a name to. */
export interface Part {
  readonly name: string
  readonly element: QName | undefined
  readonly type: QName | undefined
}

/** A message as SOAP carries it (WSDL 1.1, section 3.5). */
export interface Message {
  readonly body: readonly Part[]
  readonly headers: readonly Part[]
  /** The element around the parts, of rpc alone (section 3.5). */
  readonly wrapper: QName
  readonly isEncoded: boolean
}

/** What reading a message takes. */
export interface MessageContext {
  readonly wsdl: Wsdl
  readonly port: Port
  /** The operation's name. */
  readonly name: string
  readonly style: 'document' | 'rpc'
  readonly notes: Notes
}

const MIME = 'http://schemas.xmlsoap.org/wsdl/mime/'

/**
 * A message of an operation.
 *
 * @param abstract the `wsdl:input`, `wsdl:output` or `wsdl:fault` that names the message
 * @param bound what the binding says of it
 * @param suffix what an rpc wrapper's name has behind the operation's
 */
export function messageOf(
  context: MessageContext,
  abstract: Element,
  bound: Element | undefined,
  suffix: string,
): Message {
  const { wsdl, port, name, notes } = context
  const where = `operation ${name}`
  const { node } = wsdl.named('message', abstract, 'message', where)
  const parts = partsOf(node, where)
  const holder = bound && mimeHolder(bound, port, where, notes)
  const body = holder && child(holder, 'body', port.soap)
  const headers = holder ? headersOf(context, holder, where) : []
  const listed = body && attribute(body, 'parts')
  const own = new Set(headers.filter(({ message }) => message === node).map(({ part }) => part.name))
  const inBody = (part: Part) =>
    listed === undefined ? parts.length === 1 || !own.has(part.name) : listed.split(/\s+/).includes(part.name)
  return {
    body: parts.filter(inBody),
    headers: headers.map(({ part }) => part),
    wrapper: { ns: (body && attribute(body, 'namespace')) ?? port.binding.name.ns, local: `${name}${suffix}` },
    isEncoded: body !== undefined && attribute(body, 'use') === 'encoded',
  }
}

function partsOf(message: Element, where: string): Part[] {
  return message.children('part', WSDL).map((node) => {
    const qname = (name: string) => {
      const text = attribute(node, name)
      return text === undefined ? undefined : named(node, text, where)
    }
    return { name: attribute(node, 'name') ?? '', element: qname('element'), type: qname('type') }
  })
}

/** Where the body is described: in the first part of a multipart message, or right here (WSDL 1.1, section 5). */
function mimeHolder(bound: Element, port: Port, where: string, notes: Notes): Element {
  const related = child(bound, 'multipartRelated', MIME)
  if (!related) return bound
  const parts = related.children('part', MIME)
  notes.sayAtHead(
    where,
    `a message in several MIME parts: of its ${parts.length} parts only the SOAP envelope is typed`,
  )
  return parts.find((part) => child(part, 'body', port.soap)) ?? bound
}

interface HeaderPart {
  readonly message: Element
  readonly part: Part
}

function headersOf({ wsdl, port, notes }: MessageContext, holder: Element, where: string): HeaderPart[] {
  return holder.children('header', port.soap).flatMap((header) => {
    if (header.children('headerfault', port.soap).length > 0)
      notes.sayAtHead(where, 'the faults of its headers (soap:headerfault) are not expressed')
    const { node } = wsdl.named('message', header, 'message', `${where}, soap:header`)
    const wanted = attribute(header, 'part')
    const part = partsOf(node, where).find(({ name }) => name === wanted)
    if (part?.element) return [{ message: node, part }]
    notes.sayAtHead(where, `the header '${wanted ?? ''}' is not expressed, since its part names no element`)
    return []
  })
}
