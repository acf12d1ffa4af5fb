import { escapeAttribute, type Unsendable } from '../escape.ts'
import { type Child, Renderer, type Rendering } from './render.ts'
import { declare, OUTERMOST, shown, UNKNOWN, unwritable, withXsi, XSI_DECLARATION } from './scope.ts'
import { isMissing } from './value.ts'

/** A convention, as far as writing is concerned. */
export interface Dialect<Context> extends Pick<Rendering<Context>, 'takeApart' | 'cdata' | 'layout'> {
  /** What it knows of the place of a value's own element. */
  readonly context: Context
  /** The root element of a document, where nobody names another one. */
  readonly rootOf: (value: unknown) => { readonly name: string; readonly value: unknown }
  /** Makes a root element's name of what somebody names it. */
  readonly rootName: (name: string) => string
  /** The XML declaration with the white space after it, '' for none. */
  readonly declaration: string
  /** Whether documents declare what nil is written with, even if nothing in them is nil. */
  readonly declaresXsi: boolean
  /** Whether elements that say no namespace are in that of the value's own element, and not in the default one. */
  readonly inherits: boolean
}

/** The element that a value is written as. */
export interface ElementPlace {
  readonly local: string
  /** The namespace's URI, '' for none. */
  readonly ns?: string | undefined
  /** The prefix that it is written with; without one the namespace is the default one. */
  readonly prefix?: string | undefined
  /** The tag so far, from after the `<`: its name, and what is declared already. Made of the name if not said. */
  readonly open?: string | undefined
  readonly unsendable?: Unsendable | undefined
}

/** How a document is written. */
export interface DocumentPlace {
  /** The root element with the whole value in it; the convention's own if not said. */
  readonly root?: string | undefined
  /** What becomes of characters that XML cannot carry: refused if not said. */
  readonly unsendable?: Unsendable | undefined
}

/** The one property of a value that is to be a root element. */
export function onlyProperty(value: unknown): readonly [string, unknown] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const [only, ...more] = Object.entries(value).filter(([, entry]) => !isMissing(entry))
  return more.length === 0 ? only : undefined
}

/**
 * The same, for conventions that have no other root.
 *
 * @param takesLists whether a list is one element, and not several
 */
export function rootProperty(value: unknown, takesLists = false): { readonly name: string; readonly value: unknown } {
  const only = onlyProperty(value)
  if (!only || (Array.isArray(only[1]) && !takesLists))
    throw unwritable('a document of this convention is an object with one property, which is the root element')
  return { name: only[0], value: only[1] }
}

/** What a convention can write. */
export interface Writers {
  /** A value as an element of somebody's document; nothing where it is undefined. */
  readonly element: (value: unknown, place: ElementPlace) => string
  /** A value as a document. */
  readonly document: (value: unknown, place: DocumentPlace) => string
}

export function writersOf<Context>(dialect: Dialect<Context>): Writers {
  return {
    element: (value, place) => writeElement(dialect, value, place),
    document: (value, place) => writeDocument(dialect, value, place),
  }
}

function writeElement<Context>(dialect: Dialect<Context>, value: unknown, place: ElementPlace): string {
  if (isMissing(value)) return ''
  const { local, ns = '', prefix, unsendable = 'refuse' } = place
  const tag = prefix === undefined ? local : `${prefix}:${local}`
  const around = ns !== '' || prefix !== undefined
  const made = around ? `${tag} xmlns${prefix === undefined ? '' : `:${prefix}`}="${escapeAttribute(ns)}"` : tag
  const scope = declare(prefix === undefined && !around ? OUTERMOST : UNKNOWN, prefix ?? '', ns)
  // Within a document of somebody else's there is no layout of one's own.
  const inherited = dialect.inherits ? prefix : undefined
  const renderer = new Renderer({ ...dialect, layout: undefined, prefix: inherited, unsendable })
  const child = { name: tag, value, context: dialect.context }
  return renderer.within({ child, open: place.open ?? made, tag, scope, settled: prefix ?? '' })
}

function writeDocument<Context>(dialect: Dialect<Context>, value: unknown, place: DocumentPlace): string {
  const { root, unsendable = 'refuse' } = place
  const renderer = new Renderer({ ...dialect, prefix: undefined, unsendable })
  const { name, value: content } = root === undefined ? dialect.rootOf(value) : { name: dialect.rootName(root), value }
  const child: Child<Context> = { name, value: content, context: dialect.context }
  const { declaresXsi } = dialect
  const element = renderer.within({
    child,
    open: declaresXsi ? name + XSI_DECLARATION : name,
    tag: name,
    scope: declaresXsi ? withXsi(OUTERMOST) : OUTERMOST,
    settled: undefined,
  })
  return dialect.declaration + element
}

/** Refuses what is none of the values that an attribute or text can have. */
export function notText(key: string): never {
  throw unwritable(`${shown(key)} is text, and was given something else`)
}

/** The declaration that most documents have. */
export const UTF8_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
