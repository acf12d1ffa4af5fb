import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { soap } from '../../../src/backend/soap.ts'
import { xml } from '../../../src/backend/xml.ts'
import type { Call } from '../../../src/call/call.ts'
import { covering, optional } from '../../../src/call/optional.ts'
import type { OpenRuntime } from '../../../src/call/runtime.ts'
import { env } from '../../../src/config.ts'
import { type Script, type ScriptedBackend, scriptedBackend } from '../../../src/testing/backend.ts'
import { testContext, testRuntime } from '../support/calls.ts'
import { rejectionOf } from '../support/failure.ts'
import { envelope, NS, SOAP_1_2 } from '../support/soap.ts'

const ok = (inner = '', status = 200, header = ''): Script => ({
  status,
  headers: { 'content-type': 'text/xml; charset=utf-8' },
  body: envelope(`<GetResponse xmlns="${NS}">${inner}</GetResponse>`, { header }),
})
const fault = (detail = '', status = 500): Script => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: envelope(
    `<s:Fault><faultcode>s:Client</faultcode><faultstring>no</faultstring><detail>${detail}</detail></s:Fault>`,
  ),
})
const UNKNOWN = `<Unknown xmlns="${NS}"><Id>7</Id></Unknown>`

let backend: ScriptedBackend
let runtime: OpenRuntime
beforeAll(async () => {
  backend = await scriptedBackend()
  runtime = testRuntime({ URL: backend.url, USER: 'ada', PASSWORD: 'hunter2' })
})
beforeEach(() => backend.on('POST /soap', ok()))
afterAll(async () => {
  await runtime.close()
  await backend.close()
})

const service = (options: object = {}) => soap('billing', { url: `${backend.url}/soap`, namespace: NS, ...options })
const run = <I, O>(call: Call<I, O>, input: I): Promise<O> => covering(call, runtime)(input, testContext())
const last = () => backend.requests.at(-1)
const shape = {
  request: z.object({ Id: z.string() }),
  input: ({ id }: { id: string }) => ({ Id: id }),
}
const output = z.object({ Price: z.number() })

describe('an operation', () => {
  test('posts an envelope with its action in a header of its own, and reads the answer', async () => {
    backend.on('POST /soap', ok('<Price>1.5</Price>'))
    expect(await run(service().operation('Get', { ...shape, output }), { id: '7' })).toEqual({ Price: 1.5 })
    expect(last()?.headers).toMatchObject({
      accept: 'text/xml, application/soap+xml, multipart/related',
      'content-type': 'text/xml; charset=utf-8',
      soapaction: `"${NS}#Get"`,
    })
    expect(last()?.body).toContain(`<soap:Body><Get xmlns="${NS}"><Id>7</Id></Get></soap:Body>`)
  })

  test('sends an empty action as two quotes', async () => {
    await run(service().operation('Get', { ...shape, output: z.object({}), action: '' }), { id: '7' })
    expect(last()?.headers.soapaction).toBe('""')
  })

  test('of version 1.2 has its action in the media type', async () => {
    backend.on('POST /soap', { body: envelope(`<r xmlns="${NS}"/>`, { ns: SOAP_1_2 }) })
    const action = 'urn:acme/Get'
    const call = service({ version: '1.2' }).operation('Get', { ...shape, output: z.object({}), action })
    expect(await run(call, { id: '7' })).toEqual({})
    expect(last()?.headers['content-type']).toBe(`application/soap+xml; charset=utf-8; action="${action}"`)
    expect(last()?.headers.soapaction).toBeUndefined()
  })

  test('sends and reads headers, which the call answers beside the body', async () => {
    backend.on('POST /soap', ok('<Price>2</Price>', 200, `<Session xmlns="${NS}"><Left>9</Left></Session>`))
    const call = service().operation('Get', {
      ...shape,
      output: output.transform(({ Price }) => Price),
      requestHeader: z.object({ Session: z.object({ Token: z.string() }) }),
      header: ({ id }) => ({ Session: { Token: `t${id}` } }),
      responseHeader: z
        .object({ Session: z.object({ Left: z.coerce.number() }) })
        .transform(({ Session }) => Session.Left),
    })
    expect(await run(call, { id: '7' })).toEqual({ body: 2, header: 9 })
    expect(last()?.body).toContain(`<soap:Header><Session xmlns="${NS}"><Token>t7</Token></Session></soap:Header>`)
    backend.on('POST /soap', ok('<Price>2</Price>'))
    const error = await rejectionOf(run(call, { id: '7' }))
    expect([error.code, error.message]).toEqual([
      'backend-shape',
      expect.stringMatching(/^billing Get, in the header: Session/),
    ])
  })

  test('whose header is not what it declares is a mistake of the program', async () => {
    const call = service().operation('Get', {
      ...shape,
      output: z.object({}),
      requestHeader: z.object({ A: z.string() }),
      header: () => ({ A: 1 }) as never,
    })
    expect((await rejectionOf(run(call, { id: '7' }))).code).toBe('internal')
  })

  test('in rpc style has its parts in no namespace, and reads values that stand elsewhere', async () => {
    const encoded = 's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"'
    backend.on('POST /soap', {
      body: envelope(`<n:r xmlns:n="${NS}" ${encoded}><at href="#1"/></n:r><multiRef id="1"><Hall>3</Hall></multiRef>`),
    })
    const call = service({ style: 'rpc' }).operation('Get', {
      ...shape,
      output: z.object({ at: z.object({ Hall: z.number() }) }),
    })
    expect(await run(call, { id: '7' })).toEqual({ at: { Hall: 3 } })
    expect(last()?.body).toContain(`<Get xmlns="${NS}"><Id xmlns="">7</Id></Get>`)
  })

  test('reads the attachments of an answer as bytes', async () => {
    const file = Buffer.from([0, 13, 10, 45, 45, 98, 255])
    const root = envelope(
      `<r xmlns="${NS}"><File><i:Include xmlns:i="http://www.w3.org/2004/08/xop/include" href="cid:f"/></File></r>`,
    )
    backend.on('POST /soap', {
      headers: { 'content-type': 'multipart/related; type="application/xop+xml"; start="<r>"; boundary="-b"' },
      body: Buffer.concat([
        Buffer.from(`---b\r\nContent-ID: <f>\r\n\r\n`),
        file,
        Buffer.from(
          `\r\n---b\r\nContent-ID: <r>\r\nContent-Type: application/xop+xml; charset=utf-8\r\n\r\n${root}\r\n---b--`,
        ),
      ]),
    })
    const call = service().operation('Get', {
      ...shape,
      effect: 'read',
      cache: { ttl: '1m' },
      output: z.object({ File: xml.bytes() }),
    })
    const [one, two] = await Promise.all([run(call, { id: '7' }), run(call, { id: '7' })])
    expect(one).toEqual({ File: new Uint8Array(file) })
    expect(two).toBe(one)
    const plain = xml('files', { url: backend.url }).post('/soap', {
      output: z.object({ Body: z.object({ r: xml.element(z.object({ File: xml.bytes() }), { ns: NS }) }) }),
    })
    expect(await run(plain, {})).toEqual({ Body: { r: { File: new Uint8Array(file) } } })
  })
})

describe('a Fault', () => {
  const faults = {
    Unknown: { as: 'resource-unknown', detail: z.object({ Id: z.coerce.number() }) },
    Client: { status: 409 },
  } as const
  const call = () => service().operation('Get', { ...shape, output, faults })

  test.each([200, 202, 400, 403, 404, 500, 503])('is one on HTTP %d', async (status) => {
    backend.on('POST /soap', fault(UNKNOWN, status))
    const error = await rejectionOf(run(call(), { id: '7' }))
    expect([error.code, error.status, error.fault?.detail]).toEqual(['resource-unknown', 404, { Id: 7 }])
    backend.on('POST /soap', fault('', status))
    expect(await rejectionOf(run(call(), { id: '7' }))).toMatchObject({ code: 'backend-fault', status: 409 })
  })

  test.each([
    ['an answer', ok('<Price>1</Price>', 500)],
    ['nothing', { status: 500 }],
    ['a page', { status: 500, headers: { 'content-type': 'text/html' }, body: '<html>' }],
    ['text', { status: 500, body: 'no' }],
    ['half a Fault', { status: 500, body: '<s:Envelope' }],
  ] as const)('is none where %s comes with 500', async (_, script) => {
    backend.on('POST /soap', script)
    expect(await rejectionOf(run(call(), { id: '7' }))).toMatchObject({ code: 'backend-status', upstream: 500 })
  })

  test('can be handled by its kind, with its detail, by who makes something else of it', async () => {
    backend.on('POST /soap', fault(UNKNOWN))
    const get = call()
    const recovered = optional(get).recover((error) => {
      const known = get.faultOf(error)
      return { Price: known?.name === 'Unknown' ? (known.detail?.Id ?? -1) : 0 }
    })
    expect(await run(recovered, { id: '7' })).toEqual({ Price: 7 })
    const generic = optional(get).recover(({ fault }) => ({ Price: fault?.codes.length ?? 0 }))
    expect(await run(generic, { id: '7' })).toEqual({ Price: 1 })
  })

  test('is that of its own operation only', async () => {
    backend.on('POST /soap', fault(UNKNOWN))
    const [mine, other] = [call(), service().operation('Get', { ...shape, output, faults: { Unknown: {} } })]
    const error = await rejectionOf(run(mine, { id: '7' }))
    expect(mine.faultOf(error)).toEqual({ name: 'Unknown', codes: ['s:Client'], detail: { Id: 7 } })
    expect(other.faultOf(error)).toBeUndefined()
    expect(mine.faultOf(new Error('x'))).toBeUndefined()
    expect(mine.faultOf(undefined)).toBeUndefined()
  })

  test('in a long answer with 500 is one', async () => {
    const long = fault(UNKNOWN) as { body: string }
    backend.on('POST /soap', {
      ...long,
      body: long.body.replace('</s:Fault>', `${'<!-- x -->'.repeat(40_000)}</s:Fault>`),
    })
    expect((await rejectionOf(run(call(), { id: '7' }))).code).toBe('resource-unknown')
    backend.on('POST /soap', { status: 500, body: envelope('<x/>'.repeat(100_000)) })
    expect((await rejectionOf(run(call(), { id: '7' }))).code).toBe('backend-status')
  })

  test('is not repeated, as an error of the way is', async () => {
    const read = service({ retries: 2 }).operation('Get', { ...shape, output, effect: 'read' })
    const before = backend.requests.length
    backend.on('POST /soap', fault())
    await rejectionOf(run(read, { id: '7' }))
    expect(backend.requests.length - before).toBe(1)
  })
})

describe('a message that wants no answer', () => {
  const notify = (options: object = {}) => service().operation('Notify', { ...shape, oneWay: true, ...options })
  const html = { 'content-type': 'text/html' }

  test.each<[string, Script]>([
    ['202 and nothing', { status: 202 }],
    ['202 and words', { status: 202, body: 'Accepted' }],
    ['202 and a page', { status: 202, headers: html, body: '<html/>' }],
    ['204', { status: 204 }],
    ['200 and nothing', { status: 200 }],
    ['200 and nothing, which is said to be a page', { status: 200, headers: html }],
    ['200 and an envelope', { body: envelope('') }],
    ['200 and an envelope with an answer', ok('<Price>1</Price>')],
  ])('is done with %s', async (_, script) => {
    backend.on('POST /soap', script)
    expect(await run(notify(), { id: '7' })).toBeUndefined()
  })

  test.each<[string, Script, string]>([
    ['a Fault and 200', fault('', 200), 'backend-fault'],
    ['a Fault and 202', fault('', 202), 'backend-fault'],
    ['a Fault and 500', fault('', 500), 'backend-fault'],
    ['500', { status: 500 }, 'backend-status'],
    ['200 and a page', { headers: html, body: '<html/>' }, 'backend-malformed'],
    ['200 and words', { body: 'ok' }, 'backend-malformed'],
    ['200 and half an envelope', { body: envelope('').slice(0, -3) }, 'backend-malformed'],
  ])('has failed with %s', async (_, script, code) => {
    backend.on('POST /soap', script)
    expect((await rejectionOf(run(notify(), { id: '7' }))).code).toBe(code)
  })

  test('may have a header in what comes for it', async () => {
    const responseHeader = z.object({ Left: z.number().optional() })
    const call = service().operation('Notify', { ...shape, oneWay: true, responseHeader })
    backend.on('POST /soap', ok('', 200, `<Left xmlns="${NS}">9</Left>`))
    expect(await run(call, { id: '7' })).toEqual({ body: undefined, header: { Left: 9 } })
    backend.on('POST /soap', { status: 204 })
    expect(await run(call, { id: '7' })).toEqual({ body: undefined, header: {} })
    backend.on('POST /soap', { status: 202, body: 'Accepted' })
    expect(await run(call, { id: '7' })).toEqual({ body: undefined, header: {} })
  })
})

describe('credentials', () => {
  const tokens = () => backend.requests.slice(-2).map(({ body }) => body)

  test('come from the environment, each message with a nonce of its own', async () => {
    const security = { username: env('USER'), password: env('PASSWORD'), digest: true, timestamp: '5m' }
    const call = service({ url: env('URL'), security }).operation('Get', { ...shape, output: z.object({}) })
    backend.on('POST /', ok())
    await run(call, { id: '7' })
    await run(call, { id: '7' })
    const nonces = tokens().map((body) => /<wsse:Nonce [^>]*>([^<]*)</.exec(body)?.[1])
    expect(new Set(nonces).size).toBe(2)
    for (const body of tokens()) {
      expect(body).toMatch(/<soap:Header><wsse:Security [^>]*soap:mustUnderstand="1"><wsu:Timestamp>/)
      expect(body).toContain('<wsse:Username>ada</wsse:Username>')
      expect(body).not.toContain('hunter2')
    }
  })

  test('of a retry are new as well', async () => {
    backend.on('POST /soap', (_, count) => (count % 2 === 1 ? { status: 503 } : ok()) as never)
    const security = { username: 'a', password: 'b', digest: true }
    const call = service({ security, retries: 1 }).operation('Get', { ...shape, output: z.object({}), effect: 'read' })
    const before = backend.requests.length
    await run(call, { id: '7' })
    if (backend.requests.length - before === 1) await run(call, { id: '7' })
    const [one, two] = tokens().map((body) => /<wsse:Nonce [^>]*>([^<]*)</.exec(body)?.[1])
    expect(one).toBeDefined()
    expect(one).not.toBe(two)
  })
})
