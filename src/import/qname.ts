import type { Element } from '../codec/xml/index.ts'
import { ImportError } from './import-error.ts'

/** An expanded name: a namespace's URI, '' for none, and a local name. */
export interface QName {
  readonly ns: string
  readonly local: string
}

/** XML Schema (part 1, section 2.6; part 2, section 3.1). */
export const XSD = 'http://www.w3.org/2001/XMLSchema'
/** Bound to the prefix `xml` (Namespaces in XML 1.0, section 3). */
export const XML = 'http://www.w3.org/XML/1998/namespace'
/** WSDL 1.1, section 2.1. */
export const WSDL = 'http://schemas.xmlsoap.org/wsdl/'
/** SOAP 1.1, section 5: the types and arrays of rpc/encoded. */
export const SOAP_ENCODING = 'http://schemas.xmlsoap.org/soap/encoding/'

/** A name as the key of a map. */
export function keyOf({ ns, local }: QName): string {
  return `{${ns}}${local}`
}

/**
 * The name that a QName in an attribute's value stands for, where it stands (XML Schema part 2, section 3.2.18).
 *
 * @throws ImportError for a prefix that nothing binds there
 */
export function qnameIn(element: Element, text: string): QName {
  const [, prefix = '', local = ''] = /^\s*(?:([^:\s]*):)?([^:\s]+)\s*$/.exec(text) ?? []
  if (local === '') throw new ImportError(`'${text}' is no qualified name`)
  const ns = prefix === 'xml' ? XML : element.lookup(prefix)
  if (ns === undefined && prefix !== '')
    throw new ImportError(`the prefix of '${text.trim()}' is bound to no namespace`)
  return { ns: ns ?? '', local }
}

/** An attribute without a namespace, as nearly all of WSDL and XML Schema are. */
export function attribute(element: Element, name: string): string | undefined {
  return element.attribute(name, '')
}

/** Whether an attribute is true, as xs:boolean has it. */
export function isTrue(element: Element | undefined, name: string): boolean {
  return /^\s*(true|1)\s*$/.test((element && attribute(element, name)) ?? '')
}

/** The first child element of a name. */
export function child(element: Element, name: string, ns: string): Element | undefined {
  return element.children(name, ns)[0]
}
