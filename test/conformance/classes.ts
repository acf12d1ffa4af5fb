import type { Entry, Type } from './suite.ts'
import { textOf } from './text.ts'

/** What is expected of a document, and why. */
export interface Class {
  readonly name: string
  readonly expected: 'refused' | 'accepted'
  /** Why Facet refuses what a parser of all of XML 1.0 accepts; then it is free to. */
  readonly onPurpose?: string
}

const PLAIN_MALFORMED: Class = { name: 'malformed, no DOCTYPE', expected: 'refused' }
const PLAIN: Class = { name: 'well-formed, no DOCTYPE', expected: 'accepted' }
const DOCTYPE_MALFORMED: Class = { name: 'malformed, DOCTYPE without entities and attributes', expected: 'refused' }
const DOCTYPE: Class = { name: 'well-formed, DOCTYPE without entities and attributes', expected: 'accepted' }
const DECLARING_MALFORMED: Class = { name: 'malformed, DOCTYPE with entities or attributes', expected: 'refused' }

const refusedOnPurpose = (onPurpose: string): Class => ({
  name: 'well-formed, DOCTYPE with entities or attributes',
  expected: 'accepted',
  onPurpose,
})
const ENTITIES = refusedOnPurpose('declares an entity, which Facet refuses: they are what bombs are made of')
const ATTRIBUTES = refusedOnPurpose('declares attributes, whose defaults and types would change what is read')
const ELSEWHERE = refusedOnPurpose('refers to an entity that is declared in another file, which Facet never fetches')

/** The names of all classes, in the order of the report. */
export const CLASSES: readonly string[] = [
  PLAIN_MALFORMED,
  PLAIN,
  DOCTYPE_MALFORMED,
  DOCTYPE,
  DECLARING_MALFORMED,
  ENTITIES,
].map(({ name }) => name)

/** Why a document says nothing about a parser of XML 1.0, fifth edition, with namespaces, that reads no other files. */
export function notApplicable(entry: Entry, bytes: Buffer): string | undefined {
  const { TYPE, RECOMMENDATION = '', EDITION, VERSION, NAMESPACE, ENTITIES = 'none' } = entry
  if (/^(XML|NS)1\.1/.test(RECOMMENDATION) || VERSION === '1.1') return 'about XML 1.1'
  if (EDITION !== undefined && !EDITION.split(' ').includes('5')) return 'about editions before the fifth'
  if (TYPE === 'error') return 'what a parser may, but need not, report'
  if (NAMESPACE === 'no') return 'for parsers that know no namespaces'
  // With declarations in other files the suite does not say in which of the files the mistake is.
  if (TYPE === 'not-wf' && ENTITIES !== 'none' && /<!DOCTYPE/.test(stripped(bytes))) return 'malformed in another file'
  return undefined
}

/** The class of a document, from what the suite says of it and what it declares. */
export function classOf(type: Type, bytes: Buffer): Class {
  const text = stripped(bytes)
  const malformed = type === 'not-wf'
  if (!/<!DOCTYPE/.test(text)) return malformed ? PLAIN_MALFORMED : PLAIN
  const declares = declared(text)
  if (malformed) return declares ? DECLARING_MALFORMED : DOCTYPE_MALFORMED
  return declares ?? DOCTYPE
}

function declared(text: string): Class | undefined {
  if (/<!ENTITY/.test(text)) return ENTITIES
  if (/<!ATTLIST/.test(text)) return ATTRIBUTES
  return /&(?!#|(?:lt|gt|amp|quot|apos);)|%[\w:]/.test(text) ? ELSEWHERE : undefined
}

/** Whether the document names a file with more declarations. */
export function hasExternalDtd(bytes: Buffer): boolean {
  return /<!DOCTYPE[^[>]*\s(SYSTEM|PUBLIC)\s/.test(stripped(bytes))
}

/** The text without what only looks like a declaration. */
function stripped(bytes: Buffer): string {
  return readable(bytes).replace(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[[\s\S]*?\]\]>/g, '')
}

function readable(bytes: Buffer): string {
  try {
    return textOf(bytes)
  } catch {
    return bytes.toString('latin1')
  }
}
