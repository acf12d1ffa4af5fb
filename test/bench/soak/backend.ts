/** The service behind the caches, in a process of its own: `/json/7`, `/xml/7` and `/numbers/7`, for any number. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { report } from '../support/child.ts'
import { type SoakDocument, soakDocuments } from './documents.ts'

type Said = readonly [contentType: string, body: Buffer]

const KINDS: Record<string, (document: SoakDocument) => Said> = {
  json: ({ json }) => ['application/json; charset=utf-8', json],
  xml: ({ bytes, contentType }) => [contentType, bytes],
  numbers: ({ numbers }) => ['application/json', numbers],
}

const documents = soakDocuments()
const server = createServer(({ url = '' }, res) => {
  const [, kind = '', number] = url.split('/')
  const document = documents[Number(number) % documents.length]
  const said = document && KINDS[kind]?.(document)
  if (!said) {
    res.writeHead(404).end()
    return
  }
  const [type, body] = said
  const headers = { 'content-type': type, 'content-length': body.length, 'cache-control': 'max-age=3600' }
  res.writeHead(200, headers).end(body)
})
server.listen(0, '127.0.0.1', () =>
  report({ STATEMENTS_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
)
