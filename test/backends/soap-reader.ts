import { Parser } from 'xml2js'
import { BILLING_NAMESPACE, type Refusal, SOAP_NAMESPACE, XSI_NAMESPACE } from './billing-xml.ts'

/** A request that was understood: the operation, and the text of each of its elements. */
export interface SoapCall {
  readonly operation: string
  readonly fields: Readonly<Record<string, string>>
}

/** An element as xml2js gives it with namespaces and ordered children. */
interface XmlElement {
  readonly '#name': string
  readonly $ns: { readonly uri: string; readonly local: string }
  readonly $?: Readonly<Record<string, { readonly name: string; readonly uri: string }>>
  readonly $$?: readonly XmlElement[]
  readonly _?: string
}

/** Thrown where a request is not what the WSDL says; `refusal` is what to answer. */
export class SoapRefusal extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

/** A refusal of what stands in the Body. SOAP 1.1 wants a detail for those, and for those only (section 4.4). */
export function invalid(reason: string): SoapRefusal {
  const detail = { name: 'InvalidRequest', field: 'Reason', value: reason }
  return new SoapRefusal({ code: 'Client', message: reason, detail })
}

const broken = (message: string): SoapRefusal => new SoapRefusal({ code: 'Client', message })

/**
 * Reads a SOAP 1.1 request as strictly as a generated server does: names, order, namespaces and completeness are checked,
 * prefixes are free. What a header says is not looked at.
 * @param operations the elements of each operation, in the order in which they must come.
 * @throws SoapRefusal
 */
export function readCall(text: string, operations: Readonly<Record<string, readonly string[]>>): SoapCall {
  const envelope = parse(text)
  if (envelope.$ns.local !== 'Envelope') throw broken(`expected a SOAP Envelope, got ${named(envelope)}`)
  if (envelope.$ns.uri !== SOAP_NAMESPACE) {
    throw new SoapRefusal({ code: 'VersionMismatch', message: `expected the namespace ${SOAP_NAMESPACE} (SOAP 1.1)` })
  }
  const parts = childrenOf(envelope, broken)
  const body = parts.find(({ $ns }) => isSoap($ns, 'Body'))
  const before = body ? parts.indexOf(body) : 0
  if (!body || parts.length > before + 1 || before > 1 || (before === 1 && !isSoap(parts[0]?.$ns, 'Header'))) {
    throw broken('the Envelope must hold an optional Header and one Body')
  }
  const [request, ...more] = childrenOf(body, invalid)
  if (!request || more.length > 0) throw invalid('the Body must hold one element')
  const expected = Object.hasOwn(operations, request.$ns.local) ? operations[request.$ns.local] : undefined
  if (!expected || request.$ns.uri !== BILLING_NAMESPACE) throw invalid(`unknown operation ${named(request)}`)
  return { operation: request.$ns.local, fields: readFields(request, expected) }
}

function readFields(request: XmlElement, expected: readonly string[]): Record<string, string> {
  refuseAttributes(request)
  const children = childrenOf(request, invalid)
  const fields: Record<string, string> = {}
  for (const [at, name] of expected.entries()) {
    const child = children[at]
    if (!child) throw invalid(`expected ${name}, got the end of ${request.$ns.local}`)
    if (child.$ns.local !== name || child.$ns.uri !== BILLING_NAMESPACE) {
      throw invalid(`expected ${name}, got ${named(child)}`)
    }
    refuseAttributes(child)
    if (child.$$) throw invalid(`${name} must hold text only`)
    fields[name] = (child._ ?? '').replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')
  }
  const extra = children[expected.length]
  if (extra) throw invalid(`expected the end of ${request.$ns.local}, got ${named(extra)}`)
  return fields
}

// xml2js stops listening at the end of the root element and lets anything follow it. As the child of a root of ours, the
// document is read to its end, and what should not be there shows up beside it.
const ROOT = 'whole-document'

// It also knows the entities of HTML, which XML does not, and takes control characters, which XML forbids.
const VERBATIM = /<!\[CDATA\[[\s\S]*?\]\]>|<!--[\s\S]*?-->/g
const FOREIGN_ENTITY = /&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);)/
const FORBIDDEN = /[^\t\n\r\u0020-\ufffd]/

function isForeign(content: string): boolean {
  if (content.includes(ROOT) || /<\?xml\s/.test(content) || FORBIDDEN.test(content)) return true
  return FOREIGN_ENTITY.test(content.replace(VERBATIM, ''))
}

function parse(text: string): XmlElement {
  const content = text.replace(/^\ufeff?(<\?xml\s[^?]*\?>)?/, '')
  const root = isForeign(content) ? undefined : parseElement(`<${ROOT}>${content}</${ROOT}>`)
  const [top, ...more] = root?.$$ ?? []
  if (!top || more.length > 0 || root?._ !== undefined) throw broken('the request is not well-formed XML')
  return top
}

/** The root element, or undefined where the text is not well-formed. */
function parseElement(text: string): XmlElement | undefined {
  const parser = new Parser({ xmlns: true, explicitRoot: false, explicitChildren: true, preserveChildrenOrder: true })
  let root: XmlElement | undefined
  try {
    parser.parseString(text, (error: Error | null, result: XmlElement) => {
      if (!error) root = result
    })
  } catch {
    return undefined // Some names, such as `_`, make xml2js itself fail; no operation has them.
  }
  return root
}

function childrenOf(parent: XmlElement, refuse: (reason: string) => SoapRefusal): readonly XmlElement[] {
  if (parent._ !== undefined) throw refuse(`${parent.$ns.local} must not hold text`)
  return parent.$$ ?? []
}

const FREE_ATTRIBUTES = ['http://www.w3.org/2000/xmlns/', XSI_NAMESPACE, SOAP_NAMESPACE]

function refuseAttributes(element: XmlElement): void {
  const unknown = Object.values(element.$ ?? {}).find(({ uri }) => !FREE_ATTRIBUTES.includes(uri))
  if (unknown) throw invalid(`unexpected attribute ${unknown.name} of ${element.$ns.local}`)
}

const isSoap = (name: XmlElement['$ns'] | undefined, local: string): boolean =>
  name?.local === local && name.uri === SOAP_NAMESPACE

const named = ({ $ns }: XmlElement): string => ($ns.uri === BILLING_NAMESPACE ? $ns.local : `{${$ns.uri}}${$ns.local}`)
