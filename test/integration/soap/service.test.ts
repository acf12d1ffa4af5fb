import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { app, endpoint, env, optional, readConfig, soap, xml } from 'facet'
import { type Harness, harness, type Timeline, timeline } from 'facet/testing'
import { z } from 'zod'
import { makeRegistry } from '../../../src/endpoint/registry.ts'
import { expectProblem } from '../support/problems.ts'
import { ARCHIVE, SCAN, type SoapService, soapService, USER, WORDS } from '../support/soap-service.ts'

const archive = soap('archive', {
  url: env('ARCHIVE_URL'),
  namespace: ARCHIVE,
  version: '1.2',
  security: { username: env('ARCHIVE_USER'), password: env('ARCHIVE_PASSWORD'), digest: true, timestamp: '5m' },
})
const byId = { request: z.object({ Id: z.string() }), input: ({ id }: { id: string }) => ({ Id: id }) }

const title = archive.operation('GetTitle', {
  ...byId,
  effect: 'read',
  requestHeader: z.object({ Session: z.object({ Token: z.string() }) }),
  header: ({ id }) => ({ Session: { Token: `1${id}` } }),
  responseHeader: z.object({ Calls: z.number() }),
  output: z.object({ Title: z.string() }),
  faults: {
    UnknownScan: {
      as: 'resource-unknown',
      detail: z.object({ since: xml.attr(z.number()), Id: z.string() }),
    },
    Gone: { status: 409 },
  },
})
const scan = archive.operation('GetScan', {
  ...byId,
  effect: 'read',
  output: z.object({ Data: xml.bytes() }).transform(({ Data }) => Buffer.from(Data).toString('base64')),
})
const note = archive.operation('Note', {
  request: z.object({ Text: z.string() }),
  input: ({ text }: { text: string }) => ({ Text: text }),
  oneWay: true,
  faults: { Full: { as: 'limit-exceeded', status: 507 } },
})

let service: SoapService
let facet: Harness
let seen: Timeline
beforeAll(async () => {
  service = await soapService()
  const params = ({ params }: { params: { id: string } }) => params
  const known = optional(title).recover((error) => {
    const fault = title.faultOf(error)
    const since = fault?.name === 'UnknownScan' ? fault.detail?.since : undefined
    return { body: { Title: `unknown since ${since}` }, header: { Calls: 0 } }
  })
  facet = await harness({
    environment: { ARCHIVE_URL: service.url, ARCHIVE_USER: USER.name, ARCHIVE_PASSWORD: USER.password },
    routes: {
      title: endpoint('GET /titles/:id').source('title', title, params),
      known: endpoint('GET /known/:id').source('title', known, params),
      scan: endpoint('GET /scans/:id').source('scan', scan, params),
      note: endpoint('POST /notes', { body: z.object({ text: z.string() }) })
        .source('note', note, ({ body }) => body)
        .merge(({ note }) => ({ accepted: note === undefined })),
    },
  })
  seen = timeline()
})
afterAll(async () => {
  seen.close()
  await facet.close()
  await service.close()
})

const post = (text: string) =>
  facet.request('/notes', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  })

describe('a SOAP 1.2 service, by way of an endpoint', () => {
  test('is sent a header and credentials that hold, and answers with a header', async () => {
    for (const _ of [1, 2])
      expect((await facet.get('/titles/1')).json()).toEqual({
        title: { body: { Title: 'Über' }, header: { Calls: 11 } },
      })
  })

  test('gives an attachment, byte for byte', async () => {
    expect(Buffer.from((await facet.get('/scans/1')).json().scan, 'base64')).toEqual(SCAN)
  })

  test('takes a message that wants no answer', async () => {
    expect((await post('hello')).json()).toEqual({ accepted: true })
    expect(service.notes).toEqual(['hello'])
  })

  test('refuses such a message with a Fault as any other', async () => {
    expectProblem(await post('full'), 'limit-exceeded', 'note', 507)
  })
})

describe('a Fault reaches the client', () => {
  test.each([
    ['as a 404, by the element in its detail', '/titles/2', 'resource-unknown', undefined],
    ['as a 409, by its subcode', '/titles/gone', 'backend-fault', 409],
    ['as a 502, where nobody said anything of it', '/titles/broken', 'backend-fault', undefined],
  ] as const)('%s: in the table’s words, its own being in the log', async (_, path, code, status) => {
    const reply = await facet.get(path)
    expectProblem(reply, code, 'title', status)
    expect(reply.text + [...reply.headers].join()).not.toMatch(
      /ORA|10\.1|scan store|Sender|Receiver|Unknown|Gone|Trace/,
    )
    const record = seen.requests.at(-1)
    expect(record).toMatchObject({ code, status: reply.status })
    expect(String(record?.error)).toContain(WORDS)
  })

  test('as a problem in XML too', async () => {
    const reply = await facet.get('/titles/gone', { accept: 'application/xml' })
    expect([reply.status, reply.text]).toEqual([409, expect.stringContaining('<status>409</status>')])
    expect(reply.text).not.toContain(WORDS)
  })

  test('as what stands in for it, made from its detail', async () => {
    const reply = await facet.get('/known/2')
    expect(reply.json()).toEqual({ title: { body: { Title: 'unknown since 7' }, header: { Calls: 0 } } })
    expect(reply.headers.get('facet-partial')).toBe('title;reason=resource-unknown')
  })
})

test('credentials that are missing stop the start, with all of them', async () => {
  const config = readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', ARCHIVE_URL: service.url })
  const routes = [endpoint('GET /x/:id').source('scan', scan, ({ params }) => params)]
  const registry = makeRegistry([{ file: 'routes/x.ts', name: 'x', routes }], [])
  await expect(app({ config, registry })).rejects.toThrow(
    "ARCHIVE_USER is not set: expected what backend 'archive' is sent as 'security.username'\n" +
      "ARCHIVE_PASSWORD is not set: expected what backend 'archive' is sent as 'security.password'",
  )
})
