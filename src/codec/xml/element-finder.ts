import type { Frame, Frames } from './frames.ts'
import { ShapeError } from './limits.ts'
import { elementOf } from './object-shape.ts'
import type { Scanner } from './scanner.ts'
import type { ElementField } from './shape.ts'
import { isThere, type Spelling } from './spelling.ts'

/** What the root element must be. */
export interface ExpectedRoot {
  readonly root?: string
  /** One of these. */
  readonly namespaces?: readonly string[]
}

/** How many elements that the schema does not mention are remembered of one shape. */
const MOST_UNKNOWN = 8
/** Bytes of a name whose tag can be compared. */
const SHORTEST = 3

/** Finds which property of its parent an element belongs to. */
export class ElementFinder {
  readonly #scanner: Scanner
  readonly #frames: Frames
  readonly #expected: ExpectedRoot
  /** How many of those that were unknown have given way to others: the oldest first. */
  #replaced = 0

  constructor(scanner: Scanner, frames: Frames, expected: ExpectedRoot) {
    this.#scanner = scanner
    this.#frames = frames
    this.#expected = expected
  }

  /**
   * The property that the current element belongs to: most often the next one, or again the one that came last.
   *
   * @returns undefined for an element that the schema does not mention
   * @throws ShapeError for another root than expected, or a second element where one is expected
   */
  find(frame: Frame): ElementField | undefined {
    const { expected, uri } = this.#scanner
    if (expected !== 0) {
      const at = expected === 1 ? frame.last + 1 : frame.last
      const element = frame.shape.elements[at] as ElementField
      if (isUri(element, uri, frame)) return this.#found(frame, element, at, expected === 2 || !frame.ordered)
    }
    return this.#findByName(frame)
  }

  /** Whether a name that is spelt so is this element's here: its prefix may mean something else by now. */
  isCurrent(spelling: Spelling, element: ElementField, frame: Frame): boolean {
    const { namespaces } = this.#scanner
    if (spelling.version === namespaces.version && spelling.parentUri === frame.uri) return true
    const uri = namespaces.lookup(spelling.prefix)
    if (uri === undefined || !isUri(element, uri, frame)) return false
    spelling.version = namespaces.version
    spelling.parentUri = frame.uri
    return true
  }

  /** Whether a name that is spelt so is none of the schema's here. */
  isUnknown(spelling: Spelling, frame: Frame): boolean {
    return spelling.version === this.#scanner.namespaces.version && spelling.parentUri === frame.uri
  }

  /**
   * Remembers how the current element is spelt, which has just been found to be none of the schema's.
   *
   * @param version of the namespaces in it
   */
  meetUnknown({ shape, uri }: Frame, version: number): void {
    const { source, nameStart, nameEnd } = this.#scanner
    let spelling = shape.unknown.find(
      ({ length, tag }) => length === nameEnd - nameStart && isThere(source.view, nameStart - 1, tag),
    )
    if (!spelling) {
      // Shorter ones are not compared, see `spelling.ts`.
      if (shape.rest || nameEnd - nameStart < SHORTEST) return
      spelling = this.#scanner.spelling()
      if (!spelling) return
      const { length } = shape.unknown
      shape.unknown[length < MOST_UNKNOWN ? length : this.#replaced++ % MOST_UNKNOWN] = spelling
    }
    spelling.version = version
    spelling.parentUri = uri
  }

  #findByName(frame: Frame): ElementField | undefined {
    const { elements, byName, rest } = frame.shape
    const local = this.#scanner.local()
    for (const element of byName.get(local) ?? NONE) {
      if (!isUri(element, this.#scanner.uri, frame)) continue
      // With the same prefix it is spelt as before: it only came in another order.
      if (element.spelling?.prefix !== this.#scanner.prefix()) element.spelling = this.#scanner.spelling()
      return this.#found(frame, element, elements.indexOf(element), true)
    }
    if (this.#frames.depth === 0) return this.#root(local, rest as ElementField)
    if (rest === undefined) return undefined
    if (rest.field.key !== '') return this.#isFirst(rest, local, frame) ? rest : undefined
    const element = elementOf({ ...rest.field, key: local, local })
    this.once(frame, element)
    // Each key of a record may have a list of its own.
    frame.list = undefined
    return element
  }

  #root(local: string, element: ElementField): ElementField {
    const { root, namespaces } = this.#expected
    const { uri } = this.#scanner
    if (root !== undefined && local !== root)
      throw new ShapeError([], `the root element is '${local.slice(0, 40)}', not '${root}'`)
    // Many a schema finds all that it needs in such a page: nothing. It is a login or an error, whatever its type and status.
    if (root === undefined && local.toLowerCase() === 'html')
      throw new ShapeError([], 'the document is an HTML page; where that is meant, the root has to be named')
    if (namespaces && !namespaces.includes(uri))
      throw new ShapeError([], `the root element is in the namespace '${uri.slice(0, 100)}', which is not expected`)
    return element
  }

  /** Whether an element is the one that stands for all that are not named. */
  #isFirst({ field, local: name, ns }: ElementField, local: string, { values }: Frame): boolean {
    return !Object.hasOwn(values, field.key) && (name === '*' || name === local) && ns === this.#scanner.uri
  }

  #found(frame: Frame, element: ElementField, at: number, again: boolean): ElementField {
    if (again) this.once(frame, element)
    if (frame.last !== at) {
      if (at < frame.last) frame.ordered = false
      frame.last = at
      frame.list = undefined
    }
    return element
  }

  /** @throws ShapeError for a second element where one is expected */
  once(frame: Frame, element: ElementField): void {
    if (!element.repeats && Object.hasOwn(frame.values, element.field.key))
      throw this.#frames.wrong(element.field, 'one element was expected, and there are more')
  }
}

/** Without a namespace of its own an element is in its parent's, or in none. */
function isUri({ ns, rivals }: ElementField, uri: string, parent: Frame): boolean {
  if (ns === undefined) return (uri === parent.uri || uri === '') && !rivals?.includes(uri)
  return uri === ns || ns === '*'
}

const NONE: readonly ElementField[] = []
