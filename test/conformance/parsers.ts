import { XMLParser } from 'fast-xml-parser'
import { SaxesParser } from 'saxes'
import { parseString } from 'xml2js'
import { readDocument } from '../../src/codec/xml/index.ts'
import { FacetError } from '../../src/errors.ts'
import { textOf } from './text.ts'

/** Reads a document. Throws what the parser says when it refuses it. */
export type Parse = (bytes: Buffer) => unknown

/** Facet's reader of whole documents. */
function facet(bytes: Buffer): unknown {
  return readDocument(bytes, undefined)
}

function xml2js(bytes: Buffer): unknown {
  let outcome: { error: Error | null; result: unknown } | undefined
  // What a callback hears first is what its caller acts on.
  parseString(textOf(bytes), { xmlns: true, async: false }, (error, result) => {
    outcome ??= { error, result }
  })
  if (!outcome || outcome.error) throw outcome?.error ?? new Error('no answer')
  return outcome.result
}

const strictest = new XMLParser({ ignoreAttributes: false })

function fastXmlParser(bytes: Buffer): unknown {
  return strictest.parse(textOf(bytes), true)
}

function saxes(bytes: Buffer): void {
  const parser = new SaxesParser({ xmlns: true })
  parser.on('error', (error) => {
    throw error
  })
  parser.write(textOf(bytes)).close()
}

/** Each at its strictest: with namespaces, and with validation where that is an option. */
export const parsers: Readonly<Record<string, Parse>> = {
  facet,
  xml2js,
  'fast-xml-parser': fastXmlParser,
  saxes,
}

/**
 * What a parser refuses a document with; undefined when it accepts it, and then `accepted` hears what it read.
 *
 * @throws whatever Facet throws that is no refusal: that is a fault of Facet's, and no answer
 */
export function refusal(parser: string, bytes: Buffer, accepted: (result: unknown) => void): string | undefined {
  try {
    accepted(parsers[parser]?.(bytes))
    return undefined
  } catch (error) {
    if (error instanceof FacetError && error.code === 'backend-malformed') return error.message
    if (parser === 'facet') throw error
    return String(error)
  }
}
