import { XMLNS_NS } from '../../namespaces.ts'
import type { Scanner } from '../../scanner.ts'
import { isCdata, qualified, StackBuilder } from '../builder.ts'
import { Properties, put, type Values } from '../properties.ts'
import type { Xml2jsRules } from './options.ts'

interface Frame {
  readonly name: string
  readonly properties: Properties
  text: string
  /** CDATA sections are text even where they are white space. */
  hasCdata: boolean
}

/** The property by which children in order say what they are. */
const NAME = '#name'

/** Reads whatever is there after the convention of xml2js. */
export class Xml2jsReader extends StackBuilder<Frame> {
  readonly #rules: Xml2jsRules
  readonly #isRoot: boolean
  readonly #keepsOrder: boolean

  /** @param isRoot whether the value is a whole document */
  constructor(rules: Xml2jsRules, isRoot: boolean) {
    super()
    this.#rules = rules
    this.#isRoot = isRoot
    this.#keepsOrder = rules.explicitChildren === true && rules.preserveChildrenOrder === true
  }

  protected override openElement(scanner: Scanner): Frame {
    const rules = this.#rules
    const name = qualified(scanner.prefix(), scanner.local())
    const frame: Frame = {
      name: rules.tagName ? String(rules.tagName(name, name)) : name,
      properties: new Properties(),
      text: '',
      hasCdata: false,
    }
    if (!rules.ignoreAttrs && scanner.attributes.count > 0) this.#readAttributes(frame.properties, scanner)
    if (this.#keepsOrder) frame.properties.set(NAME, frame.name)
    if (rules.xmlns) frame.properties.set(`${rules.attrkey}ns`, { uri: scanner.uri, local: scanner.local() })
    return frame
  }

  protected override addText(frame: Frame, text: string, scanner: Scanner): void {
    if (text === '') return
    frame.text += text
    if (isCdata(scanner)) frame.hasCdata = true
    const { charsAsChildren, includeWhiteChars, normalize, charkey } = this.#rules
    if (!this.#keepsOrder || !charsAsChildren || (!includeWhiteChars && text.trim() === '')) return
    const child: Values = { [NAME]: '__text__' }
    put(child, charkey, normalize ? normalized(text) : text)
    frame.properties.add(this.#rules.childkey, child, true)
  }

  protected override closeElement(frame: Frame, parent: Frame | undefined): unknown {
    const value = this.#valueOf(frame, parent)
    const { explicitArray, explicitRoot } = this.#rules
    if (parent) parent.properties.add(frame.name, value, explicitArray)
    if (parent || !this.#isRoot || !explicitRoot) return value
    const root: Values = {}
    put(root, frame.name, value)
    return root
  }

  #readAttributes(properties: Properties, { attributes }: Scanner): void {
    const { attrkey, attrName, attrValue, explicitArray, mergeAttrs, xmlns } = this.#rules
    const block: Values = {}
    if (!mergeAttrs) properties.set(attrkey, block)
    for (let index = 0; index < attributes.count; index++) {
      const prefix = attributes.prefix(index)
      const local = attributes.local(index)
      const name = qualified(prefix, local)
      const text = attributes.value(index)
      const value = attrValue ? attrValue(text, name) : text
      const uri = attributes.uris[index] as string
      // An attribute `xmlns` is a prefix without a name, as xml2js sees it.
      const described =
        uri === XMLNS_NS && prefix === ''
          ? { name, value, prefix: local, local: '', uri }
          : { name, value, prefix, local, uri }
      const key = attrName ? String(attrName(name, name)) : name
      if (mergeAttrs) properties.add(key, xmlns ? described : value, explicitArray)
      else put(block, key, xmlns ? described : value)
    }
  }

  #valueOf(frame: Frame, parent: Frame | undefined): unknown {
    const { emptyTag = '', explicitChildren, explicitCharkey, mergeAttrs } = this.#rules
    const { properties, text } = frame
    const isBlank = !frame.hasCdata && /^\s*$/.test(text)
    if (isBlank && properties.size === 0) {
      if (typeof emptyTag === 'function') return emptyTag()
      return emptyTag === '' ? text : emptyTag
    }
    const processed = isBlank ? undefined : this.#processed(frame)
    if (properties.size === 0 && !explicitCharkey) return processed
    const values = isBlank ? properties.values : this.#withText(properties, processed)
    if (!explicitChildren || mergeAttrs) return values
    if (!this.#keepsOrder) return this.#separated(values)
    if (!parent) return values
    parent.properties.add(this.#rules.childkey, values, true)
    return this.#withoutName(values)
  }

  #processed({ name, text }: Frame): unknown {
    const { normalize, trim, value: process } = this.#rules
    const trimmed = trim ? text.trim() : text
    const plain = normalize ? normalized(trimmed) : trimmed
    return process ? process(plain, name) : plain
  }

  #withText({ values }: Properties, text: unknown): Values {
    const all = new Properties()
    all.set(this.#rules.charkey, text)
    // An element may have the name of the property for text; then that is a list of both.
    for (const [key, value] of Object.entries(values)) all.add(key, value, false)
    return all.values
  }

  /** Attributes, text and children each in a property. */
  #separated(values: Values): Values {
    const { attrkey, charkey, charsAsChildren, childkey } = this.#rules
    const apart: Values = {}
    const children: Values = {}
    for (const [key, value] of Object.entries(values))
      put(key === attrkey || (key === charkey && !charsAsChildren) ? apart : children, key, value)
    const inOrder: Values = {}
    for (const key of [attrkey, charkey]) if (Object.hasOwn(apart, key)) put(inOrder, key, apart[key])
    if (Object.keys(children).length > 0) put(inOrder, childkey, children)
    return inOrder
  }

  #withoutName(values: Values): unknown {
    const { charkey, explicitCharkey } = this.#rules
    const { [NAME]: _, ...rest } = values
    const keys = Object.keys(rest)
    return keys.length === 1 && keys[0] === charkey && !explicitCharkey ? rest[charkey] : rest
  }
}

function normalized(text: string): string {
  return text.replace(/\s{2,}/g, ' ').trim()
}
