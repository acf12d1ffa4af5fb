import type { Builder } from './convention/builder.ts'
import { ElementFinder, type ExpectedRoot } from './element-finder.ts'
import { type Frame, Frames, type Values } from './frames.ts'
import { elementOf, fieldOf, objectShape } from './object-shape.ts'
import { complete, put, putMixed } from './put.ts'
import type { EmbeddedReading, ReaderParts } from './reader-parts.ts'
import { DONE, END, type Scanner, START, TEXT, type Token } from './scanner.ts'
import type { ElementField, ObjectShape, Part } from './shape.ts'
import type { Spelling } from './spelling.ts'
import { TextReader } from './text-reader.ts'

/** How many of the next properties may be missing before an element is looked up by its name. */
const LOOK_AHEAD = 3
const ROOT = ''

/**
 * Reads a document to the value that a schema describes, in one pass: what the schema does not mention is scanned, so that a
 * document that is not well-formed is refused, but nothing is built of it. It keeps its own stack, so that the depth of a
 * document costs no stack of the program's, and so that it can stop and go on.
 */
export class Reader {
  readonly #scanner: Scanner
  readonly #parts: ReaderParts
  readonly #document: ObjectShape
  readonly #frames = new Frames()
  readonly #finder: ElementFinder
  readonly #texts: TextReader
  /** How many tokens may still be read at once. */
  #left = 0
  /** Elements that are open within one that is passed over. */
  #skipped = 0
  #builder: Builder | undefined
  #building: ElementField | undefined
  #embedded: EmbeddedReading | undefined
  #built = 0

  /**
   * @param part what is in the root element
   * @param expected the root element's name and namespace, as far as they matter
   */
  constructor(scanner: Scanner, part: Part, expected: ExpectedRoot, parts: ReaderParts) {
    this.#scanner = scanner
    this.#parts = parts
    this.#document = objectShape([], { rest: elementOf(fieldOf({ key: ROOT, part })) })
    this.#finder = new ElementFinder(scanner, this.#frames, expected)
    this.#texts = new TextReader(scanner, this.#frames, parts.attachment)
  }

  /** Starts on the document that the scanner has been given. */
  start(): void {
    this.#skipped = 0
    this.#frames.push(this.#document, this.#document.rest as ElementField, {}, '')
  }

  /** Lets go of the document, and returns what has been read of it. */
  close(): unknown {
    this.#builder = undefined
    this.#embedded?.close()
    this.#embedded = undefined
    return this.#frames.clear()[ROOT]
  }

  /**
   * Goes on reading.
   *
   * @param tokens how many tags and texts to read at the most
   * @returns whether the document has been read to its end
   * @throws ShapeError for what the schema does not allow and could not refuse itself
   */
  run(tokens: number): boolean {
    const scanner = this.#scanner
    for (this.#left = tokens; this.#left > 0; this.#left--) {
      if (this.#embedded) {
        this.#readEmbedded(this.#embedded)
        return false
      }
      if (this.#skipped > 0 || this.#builder) {
        this.#pass(scanner.next())
        continue
      }
      const frame = this.#frames.top
      const { elements, keepsText } = frame.shape
      if (!keepsText) this.#readLeaves(frame, elements)
      const { last } = frame
      const again = last < 0 ? undefined : elements[last]?.spelling
      const token = scanner.next(elements[last + 1]?.spelling, again, keepsText)
      if (token === START) this.#startElement(frame)
      else if (token === END) this.#endElement(frame)
      else if (token === TEXT) this.#addText(frame)
      else if (token === DONE) return true
    }
    return false
  }

  /** Reads the next elements as long as they are plain ones, spelt as before: the same property again, or one of the next. */
  #readLeaves(frame: Frame, elements: readonly ElementField[]): void {
    while (this.#left > 0) {
      const { last } = frame
      const end = Math.min(last + 1 + LOOK_AHEAD, elements.length)
      let at = last >= 0 && elements[last]?.repeats ? last : last + 1
      for (; at < end; at++) {
        const element = elements[at] as ElementField
        const { scalar, spelling } = element
        if (scalar === undefined || spelling === undefined || !this.#finder.isCurrent(spelling, element, frame))
          continue
        if (!this.#scanner.leaf(spelling)) continue
        if (!frame.ordered) this.#finder.once(frame, element)
        if (at !== last) {
          frame.last = at
          frame.list = undefined
        }
        put(frame, element, this.#texts.leaf(scalar, element))
        break
      }
      if (at >= end && !this.#passLeaf(frame)) return
      this.#left--
    }
  }

  /** Passes over an element of nothing but text that the schema does not mention, if it has been met before. */
  #passLeaf(frame: Frame): boolean {
    const { unknown } = frame.shape
    for (let at = 0; at < unknown.length; at++) {
      const spelling = unknown[at] as Spelling
      if (this.#finder.isUnknown(spelling, frame) && this.#scanner.leaf(spelling)) return true
    }
    return false
  }

  /** A token within an element that is passed over, or that a builder has. */
  #pass(token: Token): void {
    if (this.#builder) this.#build(token, this.#builder)
    else if (token === END) this.#skipped--
    else if (token === START && !this.#scanner.leafText()) this.#skipped++
  }

  #startElement(frame: Frame): void {
    // Each is looked for among all.
    this.#left -= this.#scanner.attributes.count
    const element = this.#finder.find(frame)
    if (element === undefined) {
      // What it declares itself holds no more when it has ended.
      const { version } = this.#scanner.namespaces
      if (this.#scanner.leafText()) this.#finder.meetUnknown(frame, version)
      else this.#skipped = 1
      return
    }
    const { part } = element
    const item = part.shape.kind === 'list' ? part.shape.item : part
    if (this.#scanner.attributes.isNil()) {
      put(frame, element, this.#nil(item, element))
      this.#skipped = 1
      return
    }
    const { shape } = item
    switch (shape.kind) {
      case 'scalar':
        put(frame, element, this.#texts.element(shape, element))
        return
      case 'object':
        this.#open(shape, element)
        return
      case 'embedded':
        this.#embedded = this.#openEmbedded(element, shape.part)
        this.#building = element
        if (!this.#embedded) put(frame, element, undefined)
        return
      case 'any':
        this.#builder = this.#parts.builder(shape, this.#frames.depth === 0)
        this.#building = element
        this.#built = 1
        this.#builder.start(this.#scanner)
        return
      case 'list':
        throw new Error('a list in a list has been refused')
    }
  }

  #openEmbedded(element: ElementField, part: Part): EmbeddedReading | undefined {
    const text = this.#texts.rest(element, this.#scanner.next())
    try {
      return this.#parts.embedded(text, part)
    } catch (error) {
      throw this.#frames.within(element.field, error)
    }
  }

  #readEmbedded(embedded: EmbeddedReading): void {
    const element = this.#building as ElementField
    try {
      if (!embedded.step()) return
    } catch (error) {
      throw this.#frames.within(element.field, error)
    }
    this.#embedded = undefined
    put(this.#frames.top, element, embedded.close())
  }

  #open(shape: ObjectShape, element: ElementField): void {
    const values: Values = shape.bare ? Object.create(null) : {}
    this.#frames.push(shape, element, values, this.#scanner.uri)
    for (const field of shape.attributes) {
      const value = this.#texts.attribute(field)
      if (value !== undefined) values[field.key] = value
    }
    if (shape.isLeaf && this.#scanner.leafText()) this.#endLeaf(this.#frames.top)
  }

  /** Ends an object of attributes and text whose text and end tag have been read at once. */
  #endLeaf(frame: Frame): void {
    const { textStart, textEnd, textFlags } = this.#scanner
    frame.textStart = textStart
    frame.textEnd = textEnd
    frame.textFlags = textFlags
    this.#endElement(frame)
  }

  #nil({ nullable, shape }: Part, { field }: ElementField): null {
    if (!nullable && shape.kind === 'scalar' && shape.coerced)
      throw this.#frames.wrong(field, 'a value was expected, and it is nil')
    return null
  }

  #endElement(frame: Frame): void {
    const { shape, values, element } = frame
    if (shape.text) values[shape.text.key] = this.#texts.own(frame, shape.text)
    for (const field of shape.completed) complete(field, frame, this.#frames)
    this.#frames.pop()
    put(this.#frames.top, element, shape.unwrap === undefined ? values : values[shape.unwrap])
  }

  #addText(frame: Frame): void {
    const { text, mixed } = frame.shape
    if (mixed) putMixed(frame.values, mixed, this.#scanner.text())
    if (text) this.#texts.add(frame)
  }

  #build(token: Token, builder: Builder): void {
    if (token === TEXT) builder.text(this.#scanner.text())
    else if (token === START) {
      this.#built++
      builder.start(this.#scanner)
    } else {
      builder.end()
      if (--this.#built > 0) return
      this.#builder = undefined
      put(this.#frames.top, this.#building as ElementField, builder.value())
    }
  }
}
