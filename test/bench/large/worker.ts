/** A thread that decodes documents and checks what is in them: the same codec, the same schema. */
import { parentPort } from 'node:worker_threads'
import { xmlDecoder } from '../../../src/codec/xml/index.ts'
import { statementSchema } from '../xml/statement.ts'
import type { Done, Order } from './worker-decoder.ts'

const decode = xmlDecoder(statementSchema, { slicedAbove: Number.POSITIVE_INFINITY })

parentPort?.on('message', ({ id, bytes, contentType }: Order) => {
  parentPort?.postMessage(
    done(id, Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length), contentType),
  )
})

function done(id: number, bytes: Buffer, contentType: string | undefined): Done {
  try {
    return { id, value: statementSchema.parse(decode(bytes, contentType)) }
  } catch (error) {
    return { id, error: error instanceof Error ? error : new Error(String(error)) }
  }
}
