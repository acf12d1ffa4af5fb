import { FacetError } from '../../errors.ts'
import type { Shape } from './shape.ts'

const XSI = 'http://www.w3.org/2001/XMLSchema-instance'
/** Bound to the prefix `xml` and to no other one (Namespaces in XML 1.0, section 3). */
const XML = 'http://www.w3.org/XML/1998/namespace'

/** An element's name: the local name and the namespace's URI ('' for none). */
export interface Name {
  readonly local: string
  readonly ns: string
}

/**
 * Writes a value as its shape directs: elements in the schema's order whatever the order of the value's keys.
 *
 * @param inherited the default namespace where the element is put
 * @throws FacetError `input-invalid` for characters that XML cannot carry
 */
export function writeElement({ local, ns }: Name, value: unknown, shape: Shape, inherited = ''): string {
  if (value === undefined) return ''
  const declared = ns === inherited ? '' : ` xmlns="${escapeAttribute(ns)}"`
  // A list that is null has no elements; one that is nil would be a list of one.
  if (value === null) return shape.kind === 'list' ? '' : `<${local}${declared} xmlns:xsi="${XSI}" xsi:nil="true"/>`
  switch (shape.kind) {
    case 'list':
      return (value as readonly unknown[])
        .map((item) => writeElement({ local, ns }, item, shape.item, inherited))
        .join('')
    case 'scalar':
      return `<${local}${declared}>${escapeText(lexical(value))}</${local}>`
    case 'object': {
      const record = value as Readonly<Record<string, unknown>>
      let attributes = declared
      let content = ''
      let prefixes = 0
      for (const field of shape.fields) {
        const part = record[field.key]
        if (part === undefined || (part === null && field.place !== 'element')) continue
        if (field.place === 'text') content += escapeText(lexical(part))
        else if (field.place === 'element')
          content += writeElement({ local: field.local, ns: field.ns ?? ns }, part, field.shape, ns)
        else if (!field.ns) attributes += ` ${field.local}="${escapeAttribute(lexical(part))}"`
        else if (field.ns === XML) attributes += ` xml:${field.local}="${escapeAttribute(lexical(part))}"`
        else {
          // An attribute with a namespace needs a prefix: the default namespace is for elements only.
          const prefix = `a${prefixes++}`
          attributes += ` xmlns:${prefix}="${escapeAttribute(field.ns)}" ${prefix}:${field.local}="${escapeAttribute(lexical(part))}"`
        }
      }
      return content === '' ? `<${local}${attributes}/>` : `<${local}${attributes}>${content}</${local}>`
    }
  }
}

/** The lexical form of XML Schema (part 2, section 3). */
export function lexical(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? 'NaN' : value > 0 ? 'INF' : '-INF'
  return value instanceof Date ? value.toISOString() : String(value)
}

const UNSENDABLE =
  /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

function checked(text: string): string {
  if (UNSENDABLE.test(text)) {
    throw new FacetError('input-invalid', {
      detail: 'text with a character that XML cannot carry',
      issues: [{ path: '', message: 'a character that XML cannot carry' }],
    })
  }
  return text
}

/** Text between tags. A carriage return is written as a reference, since a reader would turn it into a line feed. */
export function escapeText(text: string): string {
  return /[&<>\r]/.test(checked(text)) ? text.replace(/[&<>\r]/g, (found) => ESCAPES[found] as string) : text
}

/** Text between tags, with what XML cannot carry replaced: for answers, where the text is not the caller's to correct. */
export function sendableText(text: string): string {
  return escapeText(UNSENDABLE.test(text) ? text.replace(new RegExp(UNSENDABLE, 'g'), '\ufffd') : text)
}

/** Text between double quotes; white space other than blanks is written as references, since a reader would make blanks of it. */
export function escapeAttribute(text: string): string {
  return /[&<>"\t\n\r]/.test(checked(text)) ? text.replace(/[&<>"\t\n\r]/g, (found) => ESCAPES[found] as string) : text
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}
