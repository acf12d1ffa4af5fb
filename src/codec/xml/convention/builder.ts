import type { Scanner } from '../scanner.ts'

/** Builds the value of an element that no schema describes, from the element's own start tag to its end. */
export interface Builder {
  start(scanner: Scanner): void
  text(text: string): void
  end(): void
  /** What has been built, when the element has ended. */
  value(): unknown
}

/**
 * What conventions have in common when they read: a stack of the elements that are open, so that the depth of a document
 * costs no stack of the program's.
 */
export abstract class StackBuilder<Frame> implements Builder {
  readonly #open: Frame[] = []
  #scanner: Scanner | undefined
  #value: unknown

  start(scanner: Scanner): void {
    this.#scanner = scanner
    this.#open.push(this.openElement(scanner, this.#open.at(-1)))
  }

  text(text: string): void {
    const frame = this.#open.at(-1)
    if (frame !== undefined) this.addText(frame, text, this.#scanner as Scanner)
  }

  end(): void {
    const frame = this.#open.pop()
    if (frame !== undefined) this.#value = this.closeElement(frame, this.#open.at(-1))
  }

  value(): unknown {
    return this.#value
  }

  /** A start tag: what is known of the element by then. */
  protected abstract openElement(scanner: Scanner, parent: Frame | undefined): Frame

  /** A piece of an element's text; the scanner still stands at it. */
  protected abstract addText(frame: Frame, text: string, scanner: Scanner): void

  /**
   * An end tag: the element's value, which is to be put in its parent.
   *
   * @param parent undefined for the element that is built
   */
  protected abstract closeElement(frame: Frame, parent: Frame | undefined): unknown
}

const OPEN_BRACKET = 0x5b

/** Whether the text that the scanner stands at is a CDATA section: other text has the end of a tag before it. */
export function isCdata({ source, textStart }: Scanner): boolean {
  return source.bytes[textStart - 1] === OPEN_BRACKET
}

/** A name as it stands in the document. */
export function qualified(prefix: string, local: string): string {
  return prefix === '' ? local : `${prefix}:${local}`
}
