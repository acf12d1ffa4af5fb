import { XMLNS_NS } from '../../namespaces.ts'
import type { Scanner } from '../../scanner.ts'
import { isBlank } from '../blank.ts'
import { StackBuilder } from '../builder.ts'
import { type Declared, KnownNamespaces } from '../known-namespaces.ts'
import type { PathNode } from '../paths.ts'
import { Properties, put, type Values } from '../properties.ts'
import { recognizer } from './recognize.ts'
import type { ApigeePath, ApigeeRules } from './rules.ts'

interface Frame {
  readonly key: string
  readonly path: PathNode<ApigeePath> | undefined
  readonly level: number
  readonly declared: readonly Declared[]
  readonly properties: Properties
  /** Its text, in as many pieces as elements have left. */
  readonly pieces: string[]
  /** Whether text belongs to the last piece. */
  continues: boolean
  /** The name of its child elements, as long as they all have one. */
  child: string | undefined
  /** How many names they have: none, one or two. */
  kinds: number
}

/** Reads whatever is there as Apigee's XMLToJSON policy does. */
export class ApigeeReader extends StackBuilder<Frame> {
  readonly #rules: ApigeeRules
  readonly #isRoot: boolean
  readonly #known = new KnownNamespaces()
  readonly #recognize: (text: string) => unknown

  /** @param isRoot whether the value is a whole document */
  constructor(rules: ApigeeRules, isRoot: boolean) {
    super()
    this.#rules = rules
    this.#isRoot = isRoot
    this.#recognize = recognizer(rules)
  }

  protected override openElement(scanner: Scanner, parent: Frame | undefined): Frame {
    const { namespaceBlockName, namespaceSeparator, paths } = this.#rules
    const key = this.#name(scanner.prefix(), scanner.local())
    const frame: Frame = {
      key,
      path: (parent ? parent.path : paths)?.children.get(key),
      level: parent ? parent.level + 1 : 1,
      declared: namespaceSeparator === undefined ? [] : this.#known.enter(scanner),
      properties: new Properties(),
      pieces: [],
      continues: false,
      child: undefined,
      kinds: 0,
    }
    if (parent) parent.continues = false
    if (namespaceBlockName !== undefined && frame.declared.length > 0)
      frame.properties.set(namespaceBlockName, this.#namespaces(frame.declared))
    if (scanner.attributes.count > 0) this.#readAttributes(frame.properties, scanner)
    return frame
  }

  protected override addText(frame: Frame, text: string): void {
    const { pieces } = frame
    if (text === '') return
    if (frame.continues) pieces[pieces.length - 1] += text
    else pieces.push(text)
    frame.continues = true
  }

  protected override closeElement(frame: Frame, parent: Frame | undefined): unknown {
    this.#known.leave(frame.declared)
    const value = this.#valueOf(frame)
    if (parent) {
      if (parent.child !== frame.key) {
        parent.child = frame.key
        parent.kinds = Math.min(parent.kinds + 1, 2)
      }
      parent.properties.add(frame.key, value, frame.path?.said !== undefined)
    }
    if (parent || !this.#isRoot || this.#rules.stripLevels > 0) return value
    const root: Values = {}
    put(root, frame.key, value)
    return root
  }

  #valueOf({ child, kinds, level, path, pieces, properties }: Frame): unknown {
    const { recognizeNull, nullValue = null, stripLevels, textAlwaysAsProperty, textNodeName } = this.#rules
    const only = kinds === 1 ? child : undefined
    if (only !== undefined && level < stripLevels) return properties.values[only]
    const texts = (kinds === 0 ? pieces : pieces.filter((piece) => !isBlank(piece))).map(this.#recognize)
    if (properties.size === 0) {
      if (texts.length > 0 && !textAlwaysAsProperty) return texts[0]
      if (texts.length === 0) return isUnwrapped(path) ? [] : recognizeNull ? nullValue : {}
    }
    const isAlone = only !== undefined && texts.length === 0 && properties.size === 1
    if (isAlone && path?.children.get(only)?.said?.unwrap) return properties.values[only]
    if (texts.length > 0) properties.add(textNodeName, texts.length === 1 ? texts[0] : texts, false)
    return properties.values
  }

  #readAttributes(properties: Properties, { attributes }: Scanner): void {
    const { attributeBlockName, attributePrefix } = this.#rules
    const block = attributeBlockName === undefined ? properties : new Properties()
    for (let index = 0; index < attributes.count; index++) {
      if (attributes.uris[index] === XMLNS_NS) continue
      const name = attributePrefix + this.#name(attributes.prefix(index), attributes.local(index))
      block.add(name, this.#recognize(attributes.value(index)), false)
    }
    if (attributeBlockName !== undefined && block.size > 0) properties.set(attributeBlockName, block.values)
  }

  #namespaces(declared: readonly Declared[]): Values {
    const block: Values = {}
    for (const [prefix, uri] of declared) put(block, prefix === '' ? this.#rules.defaultNamespaceNodeName : prefix, uri)
    return block
  }

  #name(prefix: string, local: string): string {
    const { namespaceSeparator } = this.#rules
    return prefix === '' || namespaceSeparator === undefined ? local : prefix + namespaceSeparator + local
  }
}

/** Whether an element that is empty is a list without entries. */
function isUnwrapped(path: PathNode<ApigeePath> | undefined): boolean {
  const unwrapped = [...(path?.children.values() ?? [])].filter(({ said }) => said?.unwrap)
  return unwrapped.length === 1
}
