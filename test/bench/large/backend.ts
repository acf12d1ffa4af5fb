/**
 * The service that answers with large documents, in a process of its own, so that neither its CPU time nor its pauses are
 * the gateway's. The documents are made before it listens.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { report } from '../support/child.ts'
import { largeDocuments } from './documents.ts'

const documents = largeDocuments()
const server = createServer(({ url }, res) => {
  const document = documents[Number(url?.slice('/statements/'.length))]
  if (document === undefined) {
    res.writeHead(404).end()
    return
  }
  const { bytes, contentType } = document
  res.writeHead(200, { 'content-type': contentType, 'content-length': bytes.length }).end(bytes)
})
server.listen(0, '127.0.0.1', () =>
  report({ STATEMENTS_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
)
