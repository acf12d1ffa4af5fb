import { SaxesParser } from 'saxes'
import type { XmlDocument } from '../documents.ts'

function nothing(): void {}

/** A bare event run: strict, with namespaces, and handlers that make nothing of what they are given. */
export function read({ bytes, encoding }: XmlDocument): undefined {
  const parser = new SaxesParser({ xmlns: true })
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', nothing)
  parser.on('text', nothing)
  parser.on('closetag', nothing)
  parser.write(bytes.toString(encoding)).close()
}
