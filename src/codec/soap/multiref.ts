import { FacetError } from '../../errors.ts'
import { relatedParts } from '../multipart.ts'
import { escapeAttribute, escapeText } from '../xml/escape.ts'
import { type Element, readDocument, type XmlLimits } from '../xml/index.ts'
import { lexical } from '../xml/lexical.ts'
import { DEFAULT_LIMITS } from '../xml/limits.ts'
import { XML_NS } from '../xml/namespaces.ts'
import { ENVELOPES } from './version.ts'

/** SOAP 1.1, section 5, and SOAP 1.2 part 2, section 3: where `arrayType`, `root`, and in 1.2 `id` and `ref` are. */
const ENCODINGS = ['http://schemas.xmlsoap.org/soap/encoding/', 'http://www.w3.org/2003/05/soap-encoding']
const ENCODING_1_2 = ENCODINGS[1] as string

/** How much an answer may become, in characters, beyond what it was. */
const MOST_GROWTH = 16 * 1024 * 1024
/** Beyond this nobody nests values, and each level is one of the program's stack. */
const DEEPEST = 1_000

/** A message, as it came or as it has become. */
export interface Message {
  readonly bytes: Buffer
  readonly contentType: string | undefined
}

/**
 * A message in which each `href="#id"` has been replaced by what the element with that id holds, and each `href="cid:…"` by
 * the attachment: rpc/encoded services send values once, at the end of the body, and point to them (SOAP 1.1, section 5.2.1).
 * A message that does not say that it is encoded so means something else by `href`, and is left alone.
 *
 * @throws FacetError `backend-malformed` for a circle, for what is not there, and for more than an answer may become
 * @throws SyntaxError for a multipart message that is none
 */
export function inlineReferences(bytes: Buffer, contentType: string | undefined, limits?: XmlLimits): Message {
  const asItCame = { bytes, contentType }
  if (!mentions(bytes, 'encodingStyle') || !mentions(bytes, 'ref')) return asItCame
  const related = relatedParts(bytes, contentType)
  const { root: start = asItCame, byId: attachments } = related ?? {}
  const root = readDocument(start.bytes, start.contentType, limits)
  const values = valuesOf(root)
  if (!values.isEncoded || values.referenced.size === 0) return asItCame
  const inliner = new Inliner(values, attachments, start.bytes.length + MOST_GROWTH, limits)
  return { bytes: Buffer.from(inliner.write(root)), contentType: 'text/xml; charset=utf-8' }
}

/** Whether a word stands in a document, in one byte a character or in two. */
function mentions(bytes: Buffer, word: string): boolean {
  return bytes.includes(word) || bytes.includes(Buffer.from(word, 'utf16le').subarray(0, -1))
}

interface Values {
  readonly isEncoded: boolean
  readonly byId: ReadonlyMap<string, Element>
  readonly referenced: ReadonlySet<string>
}

function valuesOf(root: Element): Values {
  const byId = new Map<string, Element>()
  const referenced = new Set<string>()
  let isEncoded = false
  const open = [root]
  for (let element = open.pop(); element; element = open.pop()) {
    const id = idOf(element)
    if (id !== undefined) byId.set(id, element)
    const reference = referenceOf(element)
    if (reference !== undefined) referenced.add(reference)
    isEncoded ||= says(element)
    for (const child of element.all()) open.push(child)
  }
  return { isEncoded, byId, referenced }
}

function says(element: Element): boolean {
  return Object.values(ENVELOPES).some((envelope) => {
    const style = element.attribute('encodingStyle', envelope)
    return style !== undefined && ENCODINGS.some((encoding) => style.includes(encoding))
  })
}

function idOf(element: Element): string | undefined {
  return element.attribute('id', '') ?? element.attribute('id', ENCODING_1_2)
}

/** `#id` or `cid:id`: what the element stands for. */
function referenceOf(element: Element): string | undefined {
  const href = element.attribute('href', '')
  if (href !== undefined) return /^(?:#|cid:)/i.test(href) ? href : undefined
  const ref = element.attribute('ref', ENCODING_1_2)
  return ref === undefined ? undefined : `#${ref}`
}

class Inliner {
  readonly #values: Values
  readonly #attachments: ReadonlyMap<string, Uint8Array>
  readonly #deepest: number
  readonly #text: string[] = []
  readonly #open = new Set<Element>()
  #left: number

  constructor(
    values: Values,
    attachments: ReadonlyMap<string, Uint8Array> = new Map(),
    most: number,
    { depth = DEFAULT_LIMITS.depth }: XmlLimits = {},
  ) {
    this.#values = values
    this.#attachments = attachments
    this.#left = most
    this.#deepest = Math.min(depth, DEEPEST)
  }

  write(root: Element): string {
    this.#element(root, 1)
    return this.#text.join('')
  }

  #element(element: Element, depth: number): void {
    const { value, attachment } = this.#valueOf(element)
    if (this.#open.has(value)) throw malformed('refers to a value from within that value')
    if (depth > this.#deepest) throw malformed('has values within each other beyond its bounds')
    this.#open.add(value)
    this.#put(`<${element.local} xmlns="${escapeAttribute(element.ns)}"${attributesOf(value)}>`)
    const children = value.all()
    // Text beside elements is white space in what this encoding sends.
    if (attachment) this.#put(lexical(attachment))
    else if (children.length === 0) this.#put(escapeText(value.text))
    for (const child of children) if (!this.#isApart(child, depth)) this.#element(child, depth + 1)
    this.#put(`</${element.local}>`)
    this.#open.delete(value)
  }

  /** Values that point to values that point to values can be many more than the message has: so what is written is counted. */
  #put(text: string): void {
    this.#left -= text.length
    if (this.#left < 0) throw malformed('refers to more values than an answer may have')
    this.#text.push(text)
  }

  /** An element of the body that is there to be referred to, and is no answer. */
  #isApart(element: Element, depth: number): boolean {
    const id = depth === 2 ? idOf(element) : undefined
    return id !== undefined && this.#values.referenced.has(`#${id}`)
  }

  #valueOf(element: Element): { readonly value: Element; readonly attachment?: Uint8Array } {
    const passed = new Set<Element>()
    let value = element
    for (let to = referenceOf(value); to !== undefined; to = referenceOf(value)) {
      if (!to.startsWith('#')) return { value, attachment: this.#attachment(to) }
      const next = this.#values.byId.get(to.slice(1))
      if (!next) throw malformed('refers to a value that is not there')
      passed.add(value)
      if (passed.has(next)) throw malformed('refers in a circle')
      value = next
    }
    return { value }
  }

  #attachment(href: string): Uint8Array {
    const id = href.slice('cid:'.length)
    const attachment = this.#attachments.get(id) ?? this.#attachments.get(unescaped(id))
    if (!attachment) throw malformed('refers to a part of the message that is not there')
    return attachment
  }
}

/** An address has the characters escaped that URIs do not have (RFC 2392). */
function unescaped(id: string): string {
  return URL.canParse(`cid:${id}`) && /^(?:[^%]|%[0-7][\dA-F])*$/i.test(id) ? decodeURIComponent(id) : id
}

function malformed(what: string): FacetError {
  return new FacetError('backend-malformed', { detail: `the answer ${what}` })
}

function attributesOf(element: Element): string {
  return element
    .attributes()
    .filter(({ local, ns }) => !ENCODINGS.includes(ns) && !(ns === '' && (local === 'id' || local === 'href')))
    .map(({ local, ns, value }, index) => {
      const text = `"${escapeAttribute(value)}"`
      if (ns === '') return ` ${local}=${text}`
      if (ns === XML_NS) return ` xml:${local}=${text}`
      return ` xmlns:a${index}="${escapeAttribute(ns)}" a${index}:${local}=${text}`
    })
    .join('')
}
