import { FacetError } from '../../errors.ts'

/** What becomes of a character that XML cannot carry: most controls, U+FFFE and U+FFFF, halves of surrogate pairs. */
export type Unsendable = 'refuse' | 'replace'

const UNSENDABLE =
  /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/**
 * Text between tags. A carriage return is written as a reference, since a reader would turn it into a line feed.
 *
 * @throws FacetError `input-invalid` for a character that XML cannot carry, unless it is to be replaced by U+FFFD
 */
export function escapeText(text: string, unsendable: Unsendable = 'refuse'): string {
  if (isPlain(text)) return text
  return text.length > SHORT ? escapeLong(text, TEXT, unsendable) : escapeShort(text, IN_TEXT, unsendable)
}

/** Text between double quotes; white space other than blanks is written as references, since a reader would make blanks of it. */
export function escapeAttribute(text: string, unsendable: Unsendable = 'refuse'): string {
  if (isPlain(text)) return text
  return text.length > SHORT ? escapeLong(text, ATTRIBUTE, unsendable) : escapeShort(text, IN_ATTRIBUTE, unsendable)
}

/** Up to here a look at each character is faster than a regular expression. */
const SHORT = 64

/** Whether nothing in a text can need more than a look: no markup, no controls, no halves of surrogate pairs. */
function isPlain(text: string): boolean {
  if (text.length > SHORT) return !/[\x00-\x1f&<>"\ud800-\udfff\ufffe\uffff]/.test(text)
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 0xd800 || (code < 0x40 && PLAIN[code] === 0)) return false
  }
  return true
}

/** Which of the first 64 characters stand for themselves wherever they are. */
const PLAIN = Uint8Array.from({ length: 0x40 }, (_, code) =>
  code < 0x20 || '&<>"'.includes(String.fromCharCode(code)) ? 0 : 1,
)

/** What the first 64 characters are written as: '' for themselves, undefined for one that XML cannot carry. */
type Written = readonly (string | undefined)[]

function writtenIn(escaped: string): Written {
  return Array.from({ length: 0x40 }, (_, code) => {
    const character = String.fromCharCode(code)
    if (escaped.includes(character)) return ESCAPES[character]
    return code < 0x20 && !'\t\n'.includes(character) ? undefined : ''
  })
}

function escapeShort(text: string, written: Written, unsendable: Unsendable): string {
  let escaped = ''
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 0x40 && code < 0xd800) continue
    const instead = code < 0x40 ? written[code] : undefined
    if (instead === '') continue
    // Perhaps half of a pair, or worse.
    if (instead === undefined) return escapeLong(text, written === IN_TEXT ? TEXT : ATTRIBUTE, unsendable)
    escaped += text.slice(from, at) + instead
    from = at + 1
  }
  return from === 0 ? text : escaped + text.slice(from)
}

function escapeLong(text: string, special: RegExp, unsendable: Unsendable): string {
  return checked(text, unsendable).replace(special, (found) => ESCAPES[found] as string)
}

function checked(text: string, unsendable: Unsendable): string {
  if (!UNSENDABLE.test(text)) return text
  if (unsendable === 'replace') return text.replace(new RegExp(UNSENDABLE, 'g'), '\ufffd')
  throw new FacetError('input-invalid', {
    detail: 'text with a character that XML cannot carry',
    issues: [{ path: '', message: 'a character that XML cannot carry' }],
  })
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

const TEXT = /[&<>\r]/g
const ATTRIBUTE = /[&<>"\t\n\r]/g
const IN_TEXT = writtenIn('&<>\r')
const IN_ATTRIBUTE = writtenIn('&<>"\t\n\r')
