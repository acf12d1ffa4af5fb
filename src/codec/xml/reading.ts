import { relatedParts } from '../multipart.ts'
import { conventionBuilder } from './conventions.ts'
import type { ExpectedRoot } from './element-finder.ts'
import type { XmlLimits } from './limits.ts'
import { Reader } from './reader.ts'
import { Scanner } from './scanner.ts'
import type { Part } from './shape.ts'
import { trimWhite } from './white.ts'

/** How documents are read. */
export interface XmlReading extends ExpectedRoot {
  readonly limits?: XmlLimits
  /**
   * Documents of more bytes are read in slices, between which other requests get their turn: 262,144 if not said. A slice
   * takes about a millisecond, unless one text, comment or list in a text alone is megabytes long.
   */
  readonly slicedAbove?: number
}

type Attachments = ReadonlyMap<string, Uint8Array>
const NO_ATTACHMENTS: Attachments = new Map()

/** What is in a text is characters already, whatever its declaration says. */
const IN_TEXT = 'text/xml; charset=utf-8'

/** Tags and texts that are read in one step. */
const STEP = 500

/** One document that is being read: bytes and scanner, reader and shape, and the parts that came with it. */
export class Reading {
  readonly #scanner: Scanner
  readonly #reader: Reader
  #attachments = NO_ATTACHMENTS

  constructor(part: Part, reading: XmlReading) {
    const limits = reading.limits ?? {}
    this.#scanner = new Scanner(limits)
    this.#reader = new Reader(this.#scanner, part, reading, {
      embedded: (text, inner) => openText(text, inner, limits),
      builder: ({ convention }, isRoot) => conventionBuilder(convention, isRoot),
      attachment: (href) => this.#attachments.get(contentIdOf(href)),
    })
  }

  /** Starts on a document, or on the one that a multipart message starts with. */
  open(bytes: Buffer, contentType: string | undefined): void {
    const related = relatedParts(bytes, contentType)
    this.#attachments = related?.byId ?? NO_ATTACHMENTS
    this.#scanner.open(related?.root.bytes ?? bytes, related ? related.root.contentType : contentType)
    this.#reader.start()
  }

  /** Reads on a little, and says whether the document has ended. */
  step(): boolean {
    return this.#reader.run(STEP)
  }

  /** Lets go of the document, and returns what has been read of it. */
  close(): unknown {
    this.#attachments = NO_ATTACHMENTS
    this.#scanner.close()
    return this.#reader.close()
  }
}

/** @throws XmlSyntaxError with places in the text, not in the document around it */
function openText(text: string, part: Part, limits: XmlLimits): Reading | undefined {
  // The white space around it belongs to the document that it is in: nothing may stand before a declaration.
  const trimmed = trimWhite(text)
  if (trimmed === '') return undefined
  const reading = new Reading(part, { limits })
  reading.open(Buffer.from(trimmed), IN_TEXT)
  return reading
}

/** The address of a part is its Content-ID, with the characters escaped that URIs do not have (RFC 2392). */
function contentIdOf(href: string): string {
  const id = href.replace(/^cid:/i, '')
  return /%(?![0-7][0-9A-Fa-f])/.test(id) ? id : decodeURIComponent(id)
}
