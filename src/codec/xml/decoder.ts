import type { z } from 'zod'
import { FacetError } from '../../errors.ts'
import type { CancelToken } from '../../lib/cancel.ts'
import { inSlices } from '../../lib/slices.ts'
import type { Decode } from '../codec.ts'
import { ShapeError, XmlLimitError } from './limits.ts'
import { Reading, type XmlReading } from './reading.ts'
import { rootNameOf } from './root-name.ts'
import type { Part } from './shape.ts'
import { elementPartOf } from './walk.ts'

const SLICED_ABOVE = 262_144

/**
 * A reader of documents, directed by a schema: the schema describes what is in the root element, and with `xml.element` also
 * what that is called.
 *
 * @throws TypeError for a schema that cannot direct XML, with the path in it
 */
export function xmlDecoder(schema: z.core.$ZodType, reading: XmlReading = {}): Decode {
  const { name = reading.root, ns } = rootNameOf(schema)
  const namespaces = ns === undefined ? reading.namespaces : [ns]
  return partDecoder(elementPartOf(schema, 'read'), {
    ...reading,
    ...(name === undefined ? {} : { root: name }),
    ...(namespaces === undefined ? {} : { namespaces }),
  })
}

/** The same for a schema that has been walked. */
export function partDecoder(part: Part, reading: XmlReading = {}): Decode {
  const { slicedAbove = SLICED_ABOVE } = reading
  /** One is kept for the next document: most are small, and making it would cost as much as reading one. */
  let idle: Reading | undefined
  return (bytes, contentType, token) => {
    if (bytes.length === 0) throw new FacetError('backend-malformed', { detail: 'the answer is empty' })
    if (bytes.length > slicedAbove) return readInSlices(new Reading(part, reading), bytes, contentType, token)
    const current = idle ?? new Reading(part, reading)
    idle = undefined
    try {
      current.open(bytes, contentType)
      while (!current.step());
      return current.close()
    } catch (error) {
      current.close()
      throw xmlFailure(error)
    } finally {
      idle = current
    }
  }
}

async function readInSlices(
  reading: Reading,
  bytes: Buffer,
  contentType: string | undefined,
  token: CancelToken | undefined,
): Promise<unknown> {
  try {
    let opened = false
    await inSlices(() => {
      if (opened) return reading.step()
      reading.open(bytes, contentType)
      opened = true
      return false
    }, token)
    return reading.close()
  } catch (error) {
    throw xmlFailure(error)
  }
}

/** What was wrong with a document, in the table's words; anything else as it is. */
export function xmlFailure(error: unknown): unknown {
  if (error instanceof XmlLimitError) return malformed('XML beyond its bounds', error)
  if (error instanceof SyntaxError) return malformed('not well-formed XML', error)
  if (error instanceof ShapeError) return new FacetError('backend-shape', { detail: error.message, cause: error })
  return error
}

function malformed(what: string, cause: Error): FacetError {
  return new FacetError('backend-malformed', { detail: `the answer is ${what}: ${cause.message}`, cause })
}
