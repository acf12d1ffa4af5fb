import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { endpoint, soap, xml } from 'facet'
import { type Harness, harness, type ScriptedBackend, type ScriptedReply, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { expectProblem, SECRET } from '../support/problems.ts'
import { head, wire } from '../support/wire.ts'

const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/'
const envelope = (content: string) => `<s:Envelope xmlns:s="${ENVELOPE}"><s:Body>${content}</s:Body></s:Envelope>`
const fault = envelope(
  `<s:Fault><faultcode>s:Server</faultcode><faultstring>${SECRET}</faultstring><detail><a>${SECRET}</a></detail></s:Fault>`,
)
const answer = (price: string, namespace = 'urn:prices') =>
  envelope(`<GetPriceResponse xmlns="${namespace}"><Price>${price}</Price></GetPriceResponse>`)
const as = (body: string, status = 200): ScriptedReply => ({ status, body, headers: { 'content-type': 'text/xml' } })
const PARTS = { 'content-type': 'multipart/related; boundary=b' }
const HTML: ScriptedReply = { body: `<html><body>${SECRET}</body></html>`, headers: { 'content-type': 'text/html' } }

let backend: ScriptedBackend
let facet: Harness
beforeAll(async () => {
  backend = await scriptedBackend()
  const output = z.object({ Price: z.number() })
  const plain = xml('plain', { url: backend.url, timeout: '150ms' }).get('/price', { output })
  const price = soap('prices', { url: `${backend.url}/soap`, timeout: '150ms', namespace: 'urn:prices' }).operation(
    'GetPrice',
    { effect: 'read', request: z.object({}), input: () => ({}), output },
  )
  facet = await harness({
    routes: {
      xml: endpoint('GET /xml').source('price', plain, () => ({})),
      soap: endpoint('GET /soap').source('price', price, () => ({})),
    },
  })
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

/** Asks while the backend does this, and again on the same connection when it is itself again. */
async function failAndMend(path: string, route: string, reply: ScriptedReply, good: ScriptedReply) {
  const connection = await wire(facet.url)
  backend.on(route, reply)
  connection.write(head(path))
  const failed = await connection.reply()
  backend.on(route, good)
  connection.write(head(path))
  expect(await connection.reply()).toMatchObject({ status: 200, text: '{"price":{"Price":1.5}}' })
  connection.hangUp()
  return failed
}

const DOCUMENT = '<p><Price>1.5</Price></p>'

describe('an XML backend that', () => {
  test.each([
    ['never answers', { hang: true }, 'backend-timeout'],
    ['answers 500', as(`<e>${SECRET}</e>`, 500), 'backend-status'],
    ['answers 404', as(`<e>${SECRET}</e>`, 404), 'resource-unknown'],
    ['sends garbage', { body: Buffer.from([0, 255, 254, 60, 123, 128]) }, 'backend-malformed'],
    ['sends a web page', HTML, 'backend-malformed'],
    ['sends nothing', as(''), 'backend-malformed'],
    ['sends a declaration and nothing else', as('<?xml version="1.0"?>'), 'backend-malformed'],
    ['is cut off in the middle', as(`<p><Note>${SECRET}</Note><Pri`), 'backend-malformed'],
    ['is cut off between two elements', as('<p><Price>1.5</Price>'), 'backend-malformed'],
    ['closes what it did not open', as(`<p>${SECRET}</q>`), 'backend-malformed'],
    ['sends two documents', as(`${DOCUMENT}${DOCUMENT}`), 'backend-malformed'],
    ['names an entity that nobody declared', as(`<p><Price>&${SECRET};</Price></p>`), 'backend-malformed'],
    ['is not in the encoding that it claims', { body: Buffer.from('<p>\xff</p>', 'latin1') }, 'backend-malformed'],
    ['sends JSON', { json: { Price: SECRET } }, 'backend-malformed'],
    ['sends text where a number is declared', as(`<p><Price>${SECRET}</Price></p>`), 'backend-shape'],
    ['sends two where one is declared', as('<p><Price>1</Price><Price>2</Price></p>'), 'backend-shape'],
    ['leaves out what is declared', as(`<p><Cost>${SECRET}</Cost></p>`), 'backend-shape'],
    ['resets the connection', { reset: true }, 'backend-unreachable'],
    ['breaks off', { ...as(DOCUMENT), cutAfter: 12 }, 'backend-unreachable'],
  ] as const)('%s is a problem, and the next request none', async (_, reply, code) => {
    expectProblem(await failAndMend('/xml', 'GET /price', reply, as(DOCUMENT)), code, 'price')
  })
})

describe('a SOAP service that', () => {
  test.each([
    ['never answers', { hang: true }, 'backend-timeout'],
    ['refuses with a Fault and 500', as(fault, 500), 'backend-fault'],
    ['refuses with a Fault and 200', as(fault), 'backend-fault'],
    ['refuses with a Fault and 404', as(fault, 404), 'backend-fault'],
    ['answers 500 without a Fault', as(answer('1.5'), 500), 'backend-status'],
    ['answers 500 with a web page', { ...HTML, status: 500 }, 'backend-status'],
    ['answers 503 with nothing', as('', 503), 'backend-status'],
    ['answers 404 with words', { status: 404, body: SECRET }, 'backend-status'],
    ['sends garbage', { body: Buffer.from([0, 255, 254, 60, 123, 128]) }, 'backend-malformed'],
    ['sends a web page', HTML, 'backend-malformed'],
    ['sends nothing', as(''), 'backend-malformed'],
    ['is cut off in the middle', as(answer(SECRET).slice(0, 150)), 'backend-malformed'],
    ['sends no envelope', as(`<p>${SECRET}</p>`), 'backend-malformed'],
    ['sends an envelope of SOAP 1.2', as(answer('1').replace(ENVELOPE, 'urn:other')), 'backend-malformed'],
    ['sends an empty Body', as(envelope('')), 'backend-shape'],
    ['sends a DOCTYPE', as(`<!DOCTYPE x>${answer('1.5')}`), 'backend-malformed'],
    ['sends two Bodies', as(answer('1.5').replace('</s:Envelope>', '<s:Body/></s:Envelope>')), 'backend-malformed'],
    ['sends parts without a boundary', { body: answer('1.5'), headers: PARTS }, 'backend-malformed'],
    ['answers in another namespace', as(answer('1.5', `urn:${SECRET}`)), 'backend-shape'],
    ['sends text where a number is declared', as(answer(SECRET)), 'backend-shape'],
    ['resets the connection', { reset: true }, 'backend-unreachable'],
    ['breaks off', { ...as(answer('1.5')), cutAfter: 80 }, 'backend-unreachable'],
  ] as const)('%s is a problem, and the next request none', async (_, reply, code) => {
    expectProblem(await failAndMend('/soap', 'POST /soap', reply, as(answer('1.5'))), code, 'price')
  })
})
