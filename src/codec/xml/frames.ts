import { ShapeError, XmlLimitError, XmlSyntaxError } from './limits.ts'
import type { ElementField, Field, ObjectShape } from './shape.ts'

export type Values = Record<string, unknown>

/** An element whose value is being put together. */
export interface Frame {
  shape: ObjectShape
  /** The element in its parent's shape. */
  element: ElementField
  values: Values
  uri: string
  /** Its own text, if it is kept: what has been put together, and the piece that came last. */
  text: string
  textStart: number
  textEnd: number
  textFlags: number
  /** The position of the element that came last, in the shape's order. */
  last: number
  /** Whether the elements have come in the shape's order so far: then the next one has not been there yet. */
  ordered: boolean
  /** The list that the element that came last is in. */
  list: unknown[] | undefined
}

/** The elements that are open, from the document itself to the innermost. Frames are used again and again. */
export class Frames {
  readonly #frames: Frame[] = []
  #top = -1

  /** How many elements hold the innermost one. */
  get depth(): number {
    return this.#top
  }

  get top(): Frame {
    return this.#frames[this.#top] as Frame
  }

  push(shape: ObjectShape, element: ElementField, values: Values, uri: string): void {
    const frame = this.#frames[++this.#top]
    if (frame === undefined) {
      const text = { text: '', textStart: 0, textEnd: 0, textFlags: 0 }
      this.#frames.push({ shape, element, values, uri, ...text, last: -1, ordered: true, list: undefined })
      return
    }
    frame.shape = shape
    frame.element = element
    frame.values = values
    frame.uri = uri
    frame.text = ''
    frame.textStart = frame.textEnd = 0
    frame.last = -1
    frame.ordered = true
    frame.list = undefined
  }

  pop(): void {
    this.#top--
  }

  /** Lets go of everything, and returns what has been read of the document itself. */
  clear(): Values {
    const [outermost] = this.#frames
    const { values } = outermost ?? { values: NOTHING }
    for (const frame of this.#frames) {
      frame.values = NOTHING
      frame.list = undefined
      frame.text = ''
    }
    this.#top = -1
    return values
  }

  /** Says that a property of the innermost element is not what the schema allows. */
  wrong({ key, part }: Field, reason: string): ShapeError {
    if (this.#top === 0) return new ShapeError([], reason)
    const list = part.shape.kind === 'list' ? this.top.values[key] : undefined
    const index = part.shape.kind === 'list' ? [Array.isArray(list) ? list.length : 0] : []
    return new ShapeError([...this.#path(), key, ...index], reason)
  }

  /** What was wrong with a document that is the text of a property. */
  within(field: Field, error: unknown): unknown {
    if (error instanceof ShapeError) {
      const { path } = this.wrong(field, '')
      return new ShapeError([...path, ...error.path], error.reason)
    }
    if (error instanceof XmlSyntaxError || error instanceof XmlLimitError)
      return new ShapeError(this.wrong(field, '').path, `the text is no document that can be read: ${error.message}`)
    return error
  }

  /** Where the innermost element is, in the schema's words; the root is not named. */
  #path(): (string | number)[] {
    return this.#frames.slice(2, this.#top + 1).flatMap(({ element }, index) => {
      const { field, repeats } = element
      if (!repeats) return [field.key]
      const list = this.#frames[index + 1]?.values[field.key]
      return [field.key, Array.isArray(list) ? list.length : 0]
    })
  }
}

const NOTHING: Values = Object.freeze({})
