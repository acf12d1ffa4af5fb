import { type Call, xml } from 'facet'
import { z } from 'zod'
import { defineBackend } from '../../../src/backend/backend.ts'
import { methods } from '../../../src/backend/rest.ts'
import { encodeJson } from '../../../src/codec/json.ts'
import { type Statement, statementSchema } from '../xml/statement.ts'
import { workerDecoder } from './worker-decoder.ts'

const PATH = '/statements/:id'
/** When the machine is slow, that is to be seen in the figures and not in refusals. */
const TIMEOUT = '30s'

type ReadStatement = Call<{ readonly id: string }, Statement>

/** The call that reads a statement, by how it does so. */
const readers: Record<string, (url: string) => ReadStatement> = {
  sliced: (url) => xml('statements', { url, timeout: TIMEOUT }).get(PATH, { output: statementSchema }),
  whole: (url) =>
    xml('statements', { url, timeout: TIMEOUT, slicedAbove: Number.POSITIVE_INFINITY }).get(PATH, {
      output: statementSchema,
    }),
  worker: (url) => {
    const backend = defineBackend('statements', { url, timeout: TIMEOUT })
    const { get } = methods(
      backend,
      // Two of them take the second core from the event loop too: the 99th percentile of its delay is half as long again.
      () => workerDecoder(1),
      () => encodeJson,
    )
    // The worker has checked it against the schema, off the event loop, where that belongs.
    return get(PATH, { output: z.custom<Statement>() })
  },
}

/** @throws Error for a reader that there is not */
export function readerOf(name = '', url: string): ReadStatement {
  const make = readers[name]
  if (!make) throw new Error(`no reader '${name}'`)
  return make(url)
}
