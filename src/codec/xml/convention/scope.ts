import { FacetError } from '../../../errors.ts'
import { isXmlName } from '../names.ts'
import { XML_NS, XMLNS_NS, XSI_NS } from '../namespaces.ts'

/** Says what about a value cannot be written. */
export function unwritable(message: string): FacetError {
  return new FacetError('input-invalid', { detail: message, issues: [{ path: '', message }] })
}

/** Names come from data, too: what is shown of one is bounded. */
export function shown(name: string): string {
  return `'${name.slice(0, 40)}'`
}

/** One declaration that holds where something is written, the innermost first. */
export interface Scope {
  readonly prefix: string
  /** Undefined where it is not known: the default namespace around an element with a prefix. */
  readonly uri: string | undefined
  readonly up?: Scope
}

const XML: Scope = { prefix: 'xml', uri: XML_NS }
/** Where nothing has been declared. */
export const OUTERMOST: Scope = { prefix: '', uri: '', up: XML }
/** Where something may have been declared that is not known here. */
export const UNKNOWN: Scope = { prefix: '', uri: undefined, up: XML }

/** The namespace of a prefix, undefined if there is none. */
export function lookup(scope: Scope, prefix: string): string | undefined {
  for (let at: Scope | undefined = scope; at; at = at.up) if (at.prefix === prefix) return at.uri
  return undefined
}

/** A prefix that stands for a namespace here, undefined if there is none. */
export function prefixOf(scope: Scope, uri: string): string | undefined {
  for (let at: Scope | undefined = scope; at; at = at.up)
    if (at.prefix !== '' && at.uri === uri && lookup(scope, at.prefix) === uri) return at.prefix
  return undefined
}

/** The scope with a declaration more. */
export function declare(scope: Scope, prefix: string, uri: string): Scope {
  const isReserved = prefix === 'xmlns' || uri === XMLNS_NS || (prefix === 'xml') !== (uri === XML_NS)
  if (isReserved || (prefix !== '' && (uri === '' || !isXmlName(prefix))))
    throw unwritable(`the prefix ${shown(prefix)} cannot be declared as ${shown(uri)}`)
  return { prefix, uri, up: scope }
}

/** The prefix that an attribute declares, undefined if it declares none. */
export function declaredBy(attribute: string): string | undefined {
  if (attribute === 'xmlns') return ''
  return attribute.startsWith('xmlns:') ? attribute.slice(6) : undefined
}

/** A name's prefix, checked with the name. */
export function prefixIn(name: string, scope: Scope): string {
  const colon = name.indexOf(':')
  const prefix = colon < 0 ? '' : name.slice(0, colon)
  if (!isXmlName(name.slice(colon + 1)) || (colon >= 0 && !isXmlName(prefix)))
    throw unwritable(`${shown(name)} is not the name of an XML element or attribute`)
  if (prefix !== '' && prefix !== 'xsi' && lookup(scope, prefix) === undefined)
    throw unwritable(`the prefix of ${shown(name)} is not declared`)
  return prefix
}

/** Whether the prefix that nil is written with has to be declared. */
export function needsXsi(prefix: string, scope: Scope): boolean {
  return prefix === 'xsi' && lookup(scope, prefix) === undefined
}

/** The declaration of the prefix that nil is written with. */
export const XSI_DECLARATION = ` xmlns:xsi="${XSI_NS}"`
export function withXsi(scope: Scope): Scope {
  return { prefix: 'xsi', uri: XSI_NS, up: scope }
}
