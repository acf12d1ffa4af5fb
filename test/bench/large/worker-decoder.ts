import { Worker } from 'node:worker_threads'
import type { Decode } from '../../../src/codec/codec.ts'

/** A document on its way to a worker. */
export interface Order {
  readonly id: number
  readonly bytes: Uint8Array
  readonly contentType: string | undefined
}

/** What has become of it. */
export type Done = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: Error }

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/**
 * What Facet could do in place of slices: threads that decode and check documents and post the values back. The bytes are
 * handed over and not copied; a value has to be, which takes the thread that sends it and the one that receives it.
 */
export function workerDecoder(threads: number): Decode {
  const workers = Array.from({ length: threads }, openWorker)
  return (bytes, contentType, token) =>
    new Promise((resolve, reject) => {
      // A document that is being read is read to its end, but who has given up does not wait for that.
      token?.on(reject)
      const least = workers.reduce((one, other) => (other.waiting.size < one.waiting.size ? other : one))
      least.send(bytes, contentType, {
        resolve: (value) => {
          token?.off(reject)
          resolve(value)
        },
        reject: (error) => {
          token?.off(reject)
          reject(error)
        },
      })
    })
}

function openWorker() {
  const worker = new Worker(new URL('worker.ts', import.meta.url))
  const waiting = new Map<number, Waiting>()
  let last = 0
  worker.on('message', (done: Done) => {
    const waiter = waiting.get(done.id)
    waiting.delete(done.id)
    if ('error' in done) waiter?.reject(done.error)
    else waiter?.resolve(done.value)
  })
  // Nothing of a benchmark is worth going on with when its worker has failed.
  worker.on('error', (error) => {
    throw error
  })
  return {
    waiting,
    send(bytes: Buffer, contentType: string | undefined, waiter: Waiting): void {
      const id = ++last
      waiting.set(id, waiter)
      // What is in node's pool of small buffers cannot be handed over.
      const own = bytes.length === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes)
      worker.postMessage({ id, bytes: own, contentType } satisfies Order, [own.buffer as ArrayBuffer])
    },
  }
}
