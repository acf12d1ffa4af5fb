import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { proxy, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'

let backend: ScriptedBackend
let facet: Harness
beforeAll(async () => {
  backend = await scriptedBackend({
    'POST /files': ({ body }) => ({ json: body.length }),
    'POST /hang': { hang: true },
  })
  facet = await harness({
    routes: { files: proxy('ANY /*path', rest('files', { url: backend.url, timeout: '200ms' })) },
  })
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

/** A body of ten parts, for which it takes twice the backend's timeout. */
function slowly(): ReadableStream<Uint8Array> {
  let left = 10
  return new ReadableStream({
    pull: async (controller) => {
      await new Promise((resolve) => setTimeout(resolve, 40))
      controller.enqueue(new TextEncoder().encode('0123456789'))
      if (--left === 0) controller.close()
    },
  })
}

test('an upload through a proxy may take longer than its backend has for the answer', async () => {
  const init = { method: 'POST', body: slowly(), duplex: 'half' } as RequestInit
  expect((await facet.request('/files', init)).json()).toBe(100)
})

test('a backend that says nothing once the upload is out is given up after its timeout', async () => {
  const init = { method: 'POST', body: slowly(), duplex: 'half' } as RequestInit
  expect((await facet.request('/hang', init)).json()).toMatchObject({ status: 504, code: 'backend-timeout' })
})
