import { escapeAttribute, escapeText, type Unsendable } from '../escape.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import {
  declare,
  declaredBy,
  lookup,
  needsXsi,
  prefixIn,
  prefixOf,
  type Scope,
  shown,
  unwritable,
  withXsi,
  XSI_DECLARATION,
} from './scope.ts'

/** An attribute or a declaration. */
export interface Attribute {
  readonly name: string
  readonly value: string
  /** Its namespace, where the name has no prefix that says it. */
  readonly uri?: string | undefined
}

/** An element that is to be written. */
export interface Child<Context> {
  readonly name: string
  readonly value: unknown
  /** Its namespace, where the name has no prefix that says it; undefined where it is in whatever is the default one. */
  readonly uri?: string | undefined
  /** What the convention knows of its place. */
  readonly context: Context
}

/** What a convention makes of a value: one element's attributes, and its text and elements in their order. */
export interface Parts<Context> {
  readonly attributes: readonly Attribute[]
  readonly content: readonly (string | Child<Context>)[]
}

/** How elements are written, whatever the convention. */
export interface Rendering<Context> {
  readonly takeApart: (value: unknown, context: Context) => Parts<Context>
  readonly unsendable: Unsendable
  /** Text with markup in it as CDATA sections. */
  readonly cdata: boolean
  /** The white space of one level, and before each line; undefined for none at all. */
  readonly layout: { readonly indent: string; readonly newline: string } | undefined
  /** The prefix of every element that says no namespace itself. */
  readonly prefix: string | undefined
}

/** An element whose tag has been begun. */
export interface Opened<Context> {
  readonly child: Child<Context>
  /** The tag so far, from after the `<`. */
  readonly open: string
  readonly tag: string
  /** What is declared, by the tag so far and around it. */
  readonly scope: Scope
  /** The prefix whose meaning the tag relies on: '' is the default namespace. */
  readonly settled: string | undefined
}

/** A tag so far, and what is declared by then. */
interface Head {
  readonly head: string
  readonly scope: Scope
}

/** A value that contains itself would be written for ever. */
const DEPTH = DEFAULT_LIMITS.depth
/** No reader of ours would take more either, and comparing them takes the square. */
const ATTRIBUTES = DEFAULT_LIMITS.attributes

/** Writes elements: names checked, prefixes declared, characters escaped, whatever the convention took a value apart to. */
export class Renderer<Context> {
  readonly #rendering: Rendering<Context>

  constructor(rendering: Rendering<Context>) {
    this.#rendering = rendering
  }

  /**
   * Writes an element.
   *
   * @throws FacetError `input-invalid` for what XML cannot carry
   */
  element(child: Child<Context>, outer: Scope, level = 0): string {
    const { uri } = child
    const { prefix } = this.#rendering
    const name = prefix === undefined || uri !== undefined ? child.name : `${prefix}:${child.name}`
    if (uri === undefined || lookup(outer, '') === uri)
      return this.within(
        { child, open: name, tag: name, scope: outer, settled: uri === undefined ? undefined : '' },
        level,
      )
    const open = `${name} xmlns="${escapeAttribute(uri, this.#rendering.unsendable)}"`
    return this.within({ child, open, tag: name, scope: declare(outer, '', uri), settled: '' }, level)
  }

  /** Goes on with an element that has been begun. */
  within({ child, open, tag, scope: outer, settled }: Opened<Context>, level = 0): string {
    if (level > DEPTH) throw unwritable(`a value with more than ${DEPTH} values within each other`)
    const { attributes, content } = this.#rendering.takeApart(child.value, child.context)
    if (attributes.length > ATTRIBUTES) throw unwritable(`more than ${ATTRIBUTES} attributes of one element`)
    let { head, scope } = this.#declarations(attributes, open, outer, settled)
    if (needsXsi(prefixIn(tag, scope), scope)) {
      scope = withXsi(scope)
      head += XSI_DECLARATION
    }
    if (attributes.length > 0) ({ head, scope } = this.#attributes(attributes, head, scope))
    const inside = this.#content(content, scope, level)
    return inside === '' ? `<${head}/>` : `<${head}>${inside}</${tag}>`
  }

  /** Declarations first: they hold for every name of the tag. */
  #declarations(attributes: readonly Attribute[], open: string, outer: Scope, settled: string | undefined): Head {
    let head = open
    let scope = outer
    for (const { name, value } of attributes) {
      const prefix = declaredBy(name)
      if (prefix === undefined || lookup(scope, prefix) === value) continue
      if (prefix === settled || lookup(scope, prefix) !== lookup(outer, prefix))
        throw unwritable(`${shown(name)} is declared twice by one element`)
      scope = declare(scope, prefix, value)
      head += ` ${name}="${escapeAttribute(value, this.#rendering.unsendable)}"`
    }
    return { head, scope }
  }

  #attributes(attributes: readonly Attribute[], open: string, outer: Scope): Head {
    let head = open
    let scope = outer
    const seen = new Set<string>()
    for (const { name, value, uri } of attributes) {
      if (declaredBy(name) !== undefined) continue
      let spelt = name
      if (uri) {
        let prefix = prefixOf(scope, uri)
        if (prefix === undefined) {
          prefix = unused(scope)
          scope = declare(scope, prefix, uri)
          head += ` xmlns:${prefix}="${escapeAttribute(uri, this.#rendering.unsendable)}"`
        }
        spelt = `${prefix}:${name}`
      }
      const prefix = prefixIn(spelt, scope)
      if (needsXsi(prefix, scope)) {
        scope = withXsi(scope)
        head += XSI_DECLARATION
      }
      const expanded = `${prefix === '' ? '' : lookup(scope, prefix)} ${spelt.slice(spelt.indexOf(':') + 1)}`
      if (seen.has(expanded)) throw unwritable(`two attributes ${shown(spelt)} of one element`)
      seen.add(expanded)
      head += ` ${spelt}="${escapeAttribute(value, this.#rendering.unsendable)}"`
    }
    return { head, scope }
  }

  #content(content: Parts<Context>['content'], scope: Scope, level: number): string {
    const { layout } = this.#rendering
    // White space beside text would be part of it.
    const lines = layout && !content.some((part) => typeof part === 'string' && part !== '') ? layout : undefined
    let inside = ''
    for (const part of content) {
      if (typeof part === 'string') inside += this.#text(part)
      else {
        if (lines) inside += lines.newline + lines.indent.repeat(level + 1)
        inside += this.element(part, scope, level + 1)
      }
    }
    return lines && inside !== '' ? inside + lines.newline + lines.indent.repeat(level) : inside
  }

  #text(text: string): string {
    const { cdata, unsendable } = this.#rendering
    const escaped = escapeText(text, unsendable)
    // A carriage return can only be kept as a reference, which a CDATA section does not have.
    if (!cdata || escaped === text || text.includes('\r')) return escaped
    const plain = text.replace(/[&<>]/g, '')
    if (escapeText(plain, unsendable) !== plain) return escaped
    return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`
  }
}

function unused(scope: Scope): string {
  let number = 0
  while (lookup(scope, `ns${number}`) !== undefined) number++
  return `ns${number}`
}
