import { XmlLimitError } from '../../limits.ts'
import { XMLNS_NS } from '../../namespaces.ts'
import type { Scanner } from '../../scanner.ts'
import { isBlank } from '../blank.ts'
import { qualified, StackBuilder } from '../builder.ts'
import { type Declared, KnownNamespaces } from '../known-namespaces.ts'
import { Properties, put, type Values } from '../properties.ts'
import { ATTRIBUTE, type BadgerfishConvention, NAMESPACES_KEY, TEXT_KEY } from './options.ts'

interface Frame {
  readonly name: string
  readonly properties: Properties
  readonly declared: readonly Declared[]
  /** The namespaces that hold here; elements share them. */
  readonly active: Active
  text: string
  elements: number
}

interface Active {
  readonly values: Readonly<Values>
  readonly size: number
}

const NONE: Active = { values: Object.freeze({}), size: 0 }
/** A few bytes of a document would otherwise become any number of them when the value is written as JSON. */
const MOST_NAMESPACES = 1_000_000

/** Reads whatever is there after the BadgerFish convention. */
export class BadgerfishReader extends StackBuilder<Frame> {
  readonly #isRoot: boolean
  readonly #keepsActive: boolean
  readonly #known = new KnownNamespaces()
  #namespaces = 0

  /** @param isRoot whether the value is a whole document */
  constructor({ namespaces = 'active' }: BadgerfishConvention, isRoot: boolean) {
    super()
    this.#isRoot = isRoot
    this.#keepsActive = namespaces === 'active'
  }

  protected override openElement(scanner: Scanner, parent: Frame | undefined): Frame {
    const declared = this.#known.enter(scanner)
    const outer = (this.#keepsActive && parent?.active) || NONE
    const active = declared.length === 0 ? outer : activeWith(outer, declared)
    const properties = new Properties()
    this.#namespaces += active.size
    if (this.#namespaces > MOST_NAMESPACES)
      throw new XmlLimitError(
        `more than ${MOST_NAMESPACES} namespaces of elements; \`namespaces: 'declared'\` names each once`,
        scanner.source.position(scanner.nameStart),
      )
    if (active.size > 0) properties.set(NAMESPACES_KEY, active.values)
    const { attributes } = scanner
    for (let index = 0; index < attributes.count; index++) {
      if (attributes.uris[index] === XMLNS_NS) continue
      const name = qualified(attributes.prefix(index), attributes.local(index))
      properties.set(ATTRIBUTE + name, attributes.value(index))
    }
    const name = qualified(scanner.prefix(), scanner.local())
    return { name, properties, declared, active: this.#keepsActive ? active : NONE, text: '', elements: 0 }
  }

  protected override addText(frame: Frame, text: string): void {
    frame.text += text
  }

  protected override closeElement(frame: Frame, parent: Frame | undefined): unknown {
    const { name, properties, text } = frame
    this.#known.leave(frame.declared)
    if (frame.elements === 0 ? text !== '' : !isBlank(text)) properties.set(TEXT_KEY, text)
    if (parent) {
      parent.elements++
      parent.properties.add(name, properties.values, false)
    }
    if (parent || !this.#isRoot) return properties.values
    const root: Values = {}
    put(root, name, properties.values)
    return root
  }
}

function activeWith({ values }: Active, declared: readonly Declared[]): Active {
  const active: Values = { ...values }
  for (const [prefix, uri] of declared) {
    const key = prefix === '' ? TEXT_KEY : prefix
    if (uri === '') delete active[key]
    else put(active, key, uri)
  }
  return { values: Object.freeze(active), size: Object.keys(active).length }
}
