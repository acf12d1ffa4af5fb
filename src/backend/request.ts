import { FacetError } from '../errors.ts'
import { isFieldValue, isToken } from '../lib/headers.ts'
import { isSafeSegment } from '../lib/path.ts'

/** A value that can stand in a path or a query. */
export type PathValue = string | number | bigint | boolean

/** Query parameters: a list is sent as the name repeated, `undefined` and null are left out. */
export type Query = Readonly<Record<string, PathValue | null | undefined | readonly PathValue[]>>

/** A path template, read once: texts and the names between them. */
export interface Template {
  /** One more than there are names. */
  readonly texts: readonly string[]
  readonly names: readonly string[]
}

/** Reads a path template of a backend: `/users/:id/orders`. */
export function parseTemplate(path: string): Template {
  const texts: string[] = []
  const names: string[] = []
  let end = 0
  for (const match of path.matchAll(/:([A-Za-z_]\w*)/g)) {
    texts.push(path.slice(end, match.index))
    names.push(match[1] as string)
    end = match.index + match[0].length
  }
  texts.push(path.slice(end))
  return { texts, names }
}

/**
 * Fills a template. A value fills its segment and can do nothing else: it is percent-encoded, and an empty one, a dot
 * segment, and control characters are refused, even behind an encoded slash, which some servers decode before they look.
 *
 * @throws FacetError `input-invalid` with the parameter's name
 */
export function fillTemplate({ texts, names }: Template, params: Readonly<Record<string, unknown>>): string {
  let path = texts[0] as string
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string
    const value = params[name]
    if (value === undefined || value === null || typeof value === 'object')
      throw new TypeError(`no value for the path parameter '${name}'`)
    const text = String(value)
    if (text === '' || !isSafeSegment(text)) {
      throw new FacetError('input-invalid', { issues: [{ path: name, message: 'cannot be part of a path' }] })
    }
    path += encode(text) + texts[i + 1]
  }
  return path
}

/** A query as text, with its question mark; empty when there is nothing to say. */
export function writeQuery(query: Query | undefined): string {
  if (!query) return ''
  let text = ''
  for (const name of Object.keys(query)) {
    const value = query[name]
    if (value === undefined || value === null) continue
    const values = Array.isArray(value) ? value : [value]
    for (const item of values) text += `${text === '' ? '?' : '&'}${encode(name)}=${encode(String(item))}`
  }
  return text
}

function encode(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    throw new FacetError('input-invalid', {
      issues: [{ path: '', message: 'text with half a character (a lone surrogate)' }],
    })
  }
}

/**
 * Adds header fields that an operation computed.
 *
 * @throws FacetError `input-invalid` for a value with a line break or another character that no header can carry
 */
export function addHeaders(headers: string[], added: Readonly<Record<string, string | undefined>> | undefined): void {
  if (!added) return
  for (const [name, value] of Object.entries(added)) {
    if (value === undefined) continue
    if (!isToken(name) || !isFieldValue(value))
      throw new FacetError('input-invalid', { issues: [{ path: name, message: 'cannot be sent in a header' }] })
    headers.push(name, value)
  }
}
