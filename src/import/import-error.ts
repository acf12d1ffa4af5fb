import { plainText } from './print/layout.ts'

/** What stops an import, in one line: the file or the URL, and what is wrong with it. Nothing is written then. */
export class ImportError extends Error {
  constructor(message: string, cause?: unknown) {
    super(plainText(message), cause === undefined ? undefined : { cause })
    this.name = 'ImportError'
  }
}
