import type { Frame, Frames } from './frames.ts'
import { XOP_NS } from './namespaces.ts'
import { readPlainNumber, readScalar, UNFIT } from './scalars.ts'
import { END, type Scanner, START, TEXT, type Token } from './scanner.ts'
import type { ElementField, Field, ScalarShape } from './shape.ts'
import { splitWhite } from './white.ts'

/** The part of a multipart message that an address stands for. */
export type FindAttachment = (href: string) => Uint8Array | undefined

/** Reads what elements, attributes and objects have as text, to what the schema says it is. */
export class TextReader {
  readonly #scanner: Scanner
  readonly #frames: Frames
  readonly #attachment: FindAttachment

  constructor(scanner: Scanner, frames: Frames, attachment: FindAttachment) {
    this.#scanner = scanner
    this.#frames = frames
    this.#attachment = attachment
  }

  /** The value of an element whose start tag has been read. */
  element(shape: ScalarShape, element: ElementField): unknown {
    if (this.#scanner.leafText()) return this.leaf(shape, element)
    if (shape.scalars[0] === 'bytes') return this.#bytes(shape, element)
    return this.#convert(this.rest(element, this.#scanner.next()), shape, element.field)
  }

  /** The value of an element that has been read whole. */
  leaf(shape: ScalarShape, element: ElementField): unknown {
    const { textStart, textEnd, textFlags, source } = this.#scanner
    const [first] = shape.scalars
    if (first === 'number' && !shape.tokens) {
      const number = readPlainNumber(source.bytes, textStart, textEnd)
      if (number !== undefined) return number
    }
    const text = source.content(textStart, textEnd, textFlags)
    return first === 'string' && shape.scalars.length === 1 && !shape.tokens
      ? text
      : this.#convert(text, shape, element.field)
  }

  /** The value of an attribute of the current tag, undefined if it is not there. */
  attribute(field: Field): unknown {
    const { attributes } = this.#scanner
    const index = attributes.find(field.local, field.ns ?? '')
    if (index < 0) return undefined
    const shape = field.part.shape as ScalarShape
    const number = shape.scalars[0] === 'number' && !shape.tokens ? attributes.plainNumber(index) : undefined
    return number ?? this.#convert(attributes.value(index), shape, field)
  }

  /** Adds the current text to an element's own. Most often it is all: of one piece no string is made before it must be. */
  add(frame: Frame): void {
    const { textStart, textEnd, textFlags } = this.#scanner
    frame.text += this.#pieceOf(frame)
    frame.textStart = textStart
    frame.textEnd = textEnd
    frame.textFlags = textFlags
  }

  /** The value of an element's own text, when it has ended. */
  own(frame: Frame, field: Field): unknown {
    const { text, textStart, textEnd } = frame
    const shape = field.part.shape as ScalarShape
    const isNumber = text === '' && shape.scalars[0] === 'number' && !shape.tokens
    const number = isNumber ? readPlainNumber(this.#scanner.source.bytes, textStart, textEnd) : undefined
    return number ?? this.#convert(text + this.#pieceOf(frame), shape, field)
  }

  /**
   * All of an element's text, in however many pieces it comes.
   *
   * @param first what the scanner has come to after the start tag
   */
  rest({ field }: ElementField, first: Token): string {
    const scanner = this.#scanner
    let text = ''
    for (let token = first; token !== END; token = scanner.next()) {
      if (token !== TEXT) throw this.#frames.wrong(field, 'text was expected, and there are elements')
      text += scanner.text()
    }
    return text
  }

  #pieceOf({ textStart, textEnd, textFlags }: Frame): string {
    return textStart === textEnd ? '' : this.#scanner.source.content(textStart, textEnd, textFlags)
  }

  /** Bytes are text, or stand in another part of the message, which an element of XOP's names (XOP, section 3.2). */
  #bytes(shape: ScalarShape, element: ElementField): unknown {
    const scanner = this.#scanner
    const first = scanner.next(undefined, undefined, false)
    if (first !== START || scanner.uri !== XOP_NS || scanner.local() !== 'Include')
      return this.#convert(this.rest(element, first), shape, element.field)
    const bytes = this.#attachment(scanner.attributes.named('href', '') ?? '')
    if (bytes === undefined)
      throw this.#frames.wrong(element.field, 'the part of the message that it names is not there')
    for (let open = 1; open > 0; ) {
      const token = scanner.next()
      if (token === START) open++
      else if (token === END) open--
    }
    // It stands for all that is there (XOP, section 3.2).
    if (scanner.next(undefined, undefined, false) !== END)
      throw this.#frames.wrong(element.field, 'there is something beside the part that it names')
    return bytes
  }

  /** Text as what the schema says it is; what does not fit stays text, so that the schema's own check refuses it. */
  #convert(text: string, shape: ScalarShape, field: Field): unknown {
    if (shape.tokens) return splitWhite(text).map((token) => this.#convertOne(token, shape, field))
    return this.#convertOne(text, shape, field)
  }

  #convertOne(text: string, { scalars, texts, coerced }: ScalarShape, field: Field): unknown {
    for (const scalar of scalars) {
      if (scalar === 'string' && texts && !texts.has(text)) continue
      const value = readScalar(text, scalar)
      if (value !== UNFIT) return value
    }
    if (coerced) throw this.#frames.wrong(field, `${scalars.join(' or ')} was expected, and it is other text`)
    return text
  }
}
