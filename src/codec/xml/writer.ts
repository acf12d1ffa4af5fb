import { FacetError } from '../../errors.ts'
import { writeConvention } from './conventions.ts'
import { escapeAttribute, escapeText, type Unsendable } from './escape.ts'
import { lexical } from './lexical.ts'
import { isXmlName } from './names.ts'
import { XML_NS, XSI_NS } from './namespaces.ts'
import type { ElementField, Field, ObjectShape, Part, ScalarShape } from './shape.ts'
import { hasWhite } from './white.ts'

/** An element's name: the local name, the namespace's URI ('' for none), and the prefix to write it with, if any. */
export interface Name {
  readonly local: string
  readonly ns: string
  readonly prefix?: string | undefined
}

/** What is declared where an element is put. */
interface Scope {
  /** The default namespace. */
  readonly ns: string
  readonly prefix?: string | undefined
  readonly uri?: string
  readonly up?: Scope
}

const OUTERMOST: Scope = { ns: '' }
const NO_PREFIXES = new Map<string, string>()
const NIL = ` xmlns:xsi="${XSI_NS}" xsi:nil="true"`

/** Writes values as their shapes direct: elements in the schema's order, whatever the order of the value's keys. */
export class Writer {
  readonly #unsendable: Unsendable

  constructor(unsendable: Unsendable = 'refuse') {
    this.#unsendable = unsendable
  }

  /**
   * Writes one element with all that is in it.
   *
   * @throws FacetError `input-invalid` for what XML cannot carry
   */
  document(name: Name, value: unknown, part: Part): string {
    return this.#element(name, value, part, OUTERMOST)
  }

  #element(name: Name, value: unknown, part: Part, outer: Scope): string {
    if (value === undefined) return ''
    const { shape } = part
    if (shape.kind === 'list') {
      // A list that is null has no elements; one that is nil would be a list of one.
      if (value === null) return ''
      const items = value as readonly unknown[]
      let text = ''
      for (let at = 0; at < items.length; at++) text += this.#element(name, items[at], shape.item, outer)
      return text
    }
    const scope = declare(name, outer)
    const tag = name.prefix === undefined ? name.local : `${name.prefix}:${name.local}`
    const open = scope === outer ? tag : tag + declaration(name)
    if (value === null) return `<${open}${NIL}/>`
    switch (shape.kind) {
      case 'scalar':
        return around(open, tag, this.#scalar(value, shape))
      case 'embedded':
        return around(open, tag, this.#text(this.document({ local: shape.root as string, ns: '' }, value, shape.part)))
      case 'object': {
        const values = shape.unwrap === undefined ? value : { [shape.unwrap]: value }
        return this.#object(open, tag, values as Readonly<Record<string, unknown>>, shape, name, scope)
      }
      case 'any':
        return writeConvention(value, shape.convention, { ...name, open, unsendable: this.#unsendable })
    }
  }

  #object(
    open: string,
    tag: string,
    values: Readonly<Record<string, unknown>>,
    shape: ObjectShape,
    name: Name,
    scope: Scope,
  ): string {
    let head = open
    let content = ''
    let prefixes: Map<string, string> | undefined
    const { fields } = shape
    for (let at = 0; at < fields.length; at++) {
      const field = fields[at] as Field
      // Every object has a `toString`, which is no value of its own.
      const value = shape.bare && !Object.hasOwn(values, field.key) ? undefined : values[field.key]
      if (value === undefined) continue
      switch (field.place) {
        case 'element':
          if (this.#isLeaf(field, value, name)) {
            const text = this.#scalar(value, field.scalar as ScalarShape)
            content += text === '' ? `<${field.local}/>` : field.startTag
            if (text !== '') content += text + field.endTag
          } else content += this.#element(nameOf(field, name), value, field.part, scope)
          break
        case 'choice':
          if (value !== null) content += this.#choice(field, value as readonly unknown[], name, scope)
          break
        case 'text':
          if (value !== null) content += this.#scalar(value, field.part.shape as ScalarShape)
          break
        case 'attribute':
          if (value === null) break
          if (field.ns) prefixes ??= new Map()
          head += this.#attribute(field, value, scope, prefixes ?? NO_PREFIXES)
      }
    }
    if (shape.rest) content += this.#rest(values, shape.rest, name, scope)
    return around(head, tag, content)
  }

  /** Whether an element is nothing but a name in its parent's default namespace and text, as most are. */
  #isLeaf({ scalar, ns, prefix }: Field, value: unknown, parent: Name): boolean {
    if (scalar === undefined || value === null || prefix !== undefined || parent.prefix !== undefined) return false
    return ns === undefined || ns === parent.ns
  }

  /** @param prefixes those of the attributes of the tag so far, by namespace */
  #attribute({ local, ns, prefix, part }: Field, value: unknown, scope: Scope, prefixes: Map<string, string>): string {
    const text = `"${escapeAttribute(this.#lexical(value, part.shape as ScalarShape), this.#unsendable)}"`
    if (!ns) return ` ${local}=${text}`
    if (ns === XML_NS) return ` xml:${local}=${text}`
    // An attribute with a namespace needs a prefix: the default namespace is for elements only.
    const known = prefixes.get(ns)
    if (known !== undefined) return ` ${known}:${local}=${text}`
    const chosen = freePrefix(prefix, scope, prefixes)
    prefixes.set(ns, chosen)
    return ` xmlns:${chosen}="${escapeAttribute(ns)}" ${chosen}:${local}=${text}`
  }

  #choice({ options }: Field, items: readonly unknown[], parent: Name, scope: Scope): string {
    let text = ''
    for (const item of items) {
      if (typeof item === 'string') {
        text += this.#text(item)
        continue
      }
      const { name, value } = item as { readonly name: string; readonly value: unknown }
      const option = options.find((candidate) => candidate.option === name) as ElementField
      text += this.#element(nameOf(option, parent), value, option.part, scope)
    }
    return text
  }

  /** A record: each of its keys is the name of an element, which comes from data. */
  #rest(values: Readonly<Record<string, unknown>>, { part }: ElementField, parent: Name, scope: Scope): string {
    let text = ''
    for (const [local, value] of Object.entries(values)) {
      if (!isXmlName(local)) throw unsendable('a key that is not the name of an XML element')
      text += this.#element({ ...parent, local }, value, part, scope)
    }
    return text
  }

  #scalar(value: unknown, shape: ScalarShape): string {
    // Numbers have nothing to escape.
    if (typeof value === 'number') return lexical(value)
    if (typeof value === 'string') return this.#text(value)
    return this.#text(this.#lexical(value, shape))
  }

  #lexical(value: unknown, { tokens }: ScalarShape): string {
    return tokens ? (value as readonly unknown[]).map(tokenOf).join(' ') : lexical(value)
  }

  #text(text: string): string {
    return escapeText(text, this.#unsendable)
  }
}

function around(open: string, tag: string, content: string): string {
  return content === '' ? `<${open}/>` : `<${open}>${content}</${tag}>`
}

/** An element without a namespace of its own is in its parent's, and has the parent's prefix. */
function nameOf({ local, ns, prefix }: Pick<ElementField, 'local' | 'ns' | 'prefix'>, parent: Name): Name {
  if (ns === undefined || (ns === parent.ns && prefix === undefined))
    return { local, ns: parent.ns, prefix: parent.prefix }
  return { local, ns, prefix: ns === '' ? undefined : prefix }
}

/** The scope inside an element: the outer one where nothing has to be declared. */
function declare({ ns, prefix }: Name, outer: Scope): Scope {
  if (prefix === undefined) return ns === outer.ns ? outer : { ns, up: outer }
  for (let scope: Scope | undefined = outer; scope; scope = scope.up) {
    if (scope.prefix !== prefix) continue
    if (scope.uri === ns) return outer
    break
  }
  return { ns: outer.ns, prefix, uri: ns, up: outer }
}

/** A prefix that means nothing yet, neither where the element stands nor in its tag. */
function freePrefix(wanted: string | undefined, outer: Scope, prefixes: ReadonlyMap<string, string>): string {
  const taken = new Set(prefixes.values())
  for (let scope: Scope | undefined = outer; scope; scope = scope.up) if (scope.prefix) taken.add(scope.prefix)
  let prefix = wanted ?? 'a0'
  for (let number = 0; taken.has(prefix); number++) prefix = `a${number}`
  return prefix
}

function declaration({ ns, prefix }: Name): string {
  return ` xmlns${prefix === undefined ? '' : `:${prefix}`}="${escapeAttribute(ns)}"`
}

/** An item of a list in one text: with white space in it, it would be read as several, and empty as none. */
function tokenOf(value: unknown): string {
  const text = lexical(value)
  if (text === '' || hasWhite(text)) throw unsendable('an item of a list that is empty or has white space in it')
  return text
}

function unsendable(message: string): FacetError {
  return new FacetError('input-invalid', { detail: message, issues: [{ path: '', message }] })
}
