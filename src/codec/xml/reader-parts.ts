import type { Builder } from './convention/builder.ts'
import type { AnyShape, Part } from './shape.ts'
import type { FindAttachment } from './text-reader.ts'

/** What the reader leaves to others. */
export interface ReaderParts {
  /** Starts to read text that is a document of its own; undefined where there is none. */
  readonly embedded: (text: string, part: Part) => EmbeddedReading | undefined
  /** @param isRoot whether the element is the whole document */
  readonly builder: (shape: AnyShape, isRoot: boolean) => Builder
  readonly attachment: FindAttachment
}

/** A document within a document, which is read a little at a time as well. */
export interface EmbeddedReading {
  /** Reads on a little, and says whether it has ended. */
  step(): boolean
  /** Lets go of it, and returns what has been read. */
  close(): unknown
}
