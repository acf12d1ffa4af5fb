import { inspect } from 'node:util'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test } from '@jest/globals'
import axios, { AxiosError, type AxiosInstance, type AxiosResponse } from 'axios'
import { env } from '../../../../src/config.ts'
import { FacetError } from '../../../../src/errors.ts'
import { failure } from '../../../../src/ops/failure.ts'
import { until } from '../../../integration/support/until.ts'
import { rejectionOf } from '../../support/failure.ts'
import { bench } from './bench.ts'
import { httpServer, listener, type Served } from './servers.ts'

// What only a transport over axios has: instances with interceptors, defaults and compressed answers.

let client: AxiosInstance
beforeEach(() => {
  client = axios.create({ proxy: false })
})
const self = bench(() => ({ client }))
const { serve, ask, failing } = self

const answering = (body: string | Buffer, headers: Record<string, string> = {}, status = 200) =>
  serve(httpServer((_, response) => response.writeHead(status, headers).end(body)))

describe('a compressed answer', () => {
  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('of %s is decompressed, and is bounded by what comes out', async (coding, compress) => {
    const { url } = await answering(compress(Buffer.alloc(1_000_000, 'x')), { 'content-encoding': coding })
    const answer = await ask(url, { options: { maxBytes: 1_000_000 } })
    expect([answer.body.length, answer.headers?.['content-encoding']]).toEqual([1_000_000, undefined])
    expect(await failing(url, { options: { maxBytes: 999_999 } })).toBe('backend-malformed')
  })

  // Of deflate any bytes may be a beginning.
  test.each(['gzip', 'br', 'zstd'])('that is not %s is malformed', async (coding) => {
    const { url } = await answering('{"not":"compressed"}', { 'content-encoding': coding })
    expect(await failing(url)).toBe('backend-malformed')
  })
})

describe('an interceptor', () => {
  test('may ask once more with credentials, where a status is an error to axios', async () => {
    const { url } = await serve(
      httpServer(({ headers }, response) => {
        const isKnown = headers.authorization === 'Bearer new'
        response.writeHead(isKnown ? 200 : 401, { 'www-authenticate': 'Bearer' }).end(isKnown ? 'said' : 'who?')
      }),
    )
    client.interceptors.response.use(undefined, (error: AxiosError) => {
      if (error.response?.status !== 401 || !error.config) throw error
      error.config.headers.set('authorization', 'Bearer new')
      return client.request(error.config)
    })
    expect((await ask(url, { method: 'POST', body: 'x' })).body.toString()).toBe('said')
  })

  test('may give a failed status on as the error, or as its response', async () => {
    const { url } = await answering('no', { 'x-a': 'b' }, 403)
    client.interceptors.response.use(undefined, (error: AxiosError) => Promise.reject(error))
    expect(await ask(url)).toMatchObject({ status: 403, headers: { 'x-a': 'b' } })
    client.interceptors.response.use(undefined, (error: AxiosError) => Promise.reject(error.response))
    expect((await ask(url)).body.toString()).toBe('no')
  })

  test('may refuse what a success says', async () => {
    const { url } = await answering('{"error":1}')
    client.interceptors.response.use((response: AxiosResponse) => {
      throw new AxiosError('the session is over', 'SESSION', response.config, response.request, response)
    })
    const error = await rejectionOf(ask(url))
    expect([error.code, error.message]).toEqual(['backend-unreachable', 'the session is over'])
  })

  test.each<[string, () => unknown, string, string]>([
    ['an error', () => new Error('no token'), 'backend-unreachable', 'no token'],
    ['an error of axios', () => new AxiosError('no token', 'X'), 'backend-unreachable', 'no token'],
    ['text', () => 'no token', 'backend-unreachable', 'no token'],
    ['nothing', () => undefined, 'backend-unreachable', 'the client gave no reason'],
    ['a mistake', () => new TypeError('x is not a function'), 'internal', 'Something went wrong here'],
    ['a mistake in a setting', () => new AxiosError('x', 'ERR_BAD_OPTION'), 'internal', 'Something went wrong here'],
    ['a failure from the table', () => new FacetError('auth-forbidden', { detail: 'no' }), 'auth-forbidden', 'no'],
  ])('may throw %s', async (_, thrown, code, message) => {
    const { url, connections } = await answering('')
    client.interceptors.request.use(() => Promise.reject(thrown()))
    const error = await rejectionOf(ask(url))
    expect([error.code, error.message, connections.made]).toEqual([code, message, 0])
    const what = thrown()
    if (what instanceof Error && !(what instanceof FacetError))
      expect(error.cause).toMatchObject({ message: what.message })
  })

  test.each<[string, (response: AxiosResponse) => unknown]>([
    ['the data', ({ data }) => data],
    ['nothing', () => undefined],
    ['a response with its data parsed', (response) => ({ ...response, data: JSON.parse(String(response.data)) })],
    ['a response with its data as text', (response) => ({ ...response, data: String(response.data) })],
  ])('that gives %s instead of the response is a mistake, which is told', async (_, replaced) => {
    const { url } = await answering('{}')
    client.interceptors.response.use((response) => replaced(response) as AxiosResponse)
    const error = await rejectionOf(ask(url))
    expect([error.code, error.message]).toEqual(['internal', expect.stringMatching(/^the client gave something other/)])
  })

  test.each([
    ['Uint8Array', () => new Uint8Array(Buffer.from('xsaid')).subarray(1)],
    ['ArrayBuffer', () => new Uint8Array(Buffer.from('said')).buffer],
  ])('or an adapter may give bytes as %s, and headers as a plain object', async (_, data) => {
    client.defaults.adapter = async (config) => ({
      ...{ data: data(), status: 200, statusText: '', config },
      headers: { 'Content-Type': 'a/b', 'X-N': 7, 'X-None': undefined, 'set-cookie': ['a=1'] } as never,
    })
    const { body, ...answer } = await ask('http://127.0.0.1:9')
    const headers = { 'content-type': 'a/b', 'x-n': '7', 'set-cookie': ['a=1'] }
    expect([answer, body.toString()]).toEqual([{ status: 200, contentType: 'a/b', headers }, 'said'])
  })

  test('that waits is bounded by the timeout, and what it waited for is not sent', async () => {
    const { url, connections } = await answering('')
    let go: () => void = () => {}
    let gone = false
    client.interceptors.request.use(async (config) => {
      await new Promise<void>((resolve) => {
        go = resolve
      })
      gone = true
      return config
    })
    expect(await failing(url, { timeout: 50 })).toBe('backend-timeout')
    go()
    await until('the interceptor is over', () => gone)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(connections.made).toBe(0)
  })
})

describe('what an instance says by default', () => {
  const heardBy = async (asked: Parameters<typeof ask>[1] = {}) => {
    const { url, heard } = await serve(listener())
    await ask(`${url}/base`, asked)
    return heard[0]
  }

  test('is sent where the call says nothing: headers, params, auth', async () => {
    client.defaults.headers.common['x-key'] = 'k'
    client.defaults.headers.post['x-post'] = 'p'
    Object.assign(client.defaults, { params: { key: 'k v' }, auth: { username: 'u', password: 'p' } })
    expect(await heardBy({ method: 'POST', path: '/a?b=c' })).toMatchObject({
      url: '/base/a?b=c&key=k+v',
      headers: [
        ...['authorization: Basic dTpw', 'content-length: 0', 'x-key: k', 'x-post: p'],
        'x-request-id: request-1',
      ],
    })
  })

  test('does not outdo what the backend and the call say', async () => {
    client.defaults.headers.common['X-Tenant'] = 'instance'
    client.defaults.headers.common.Accept = 'text/csv'
    Object.assign(client.defaults, { auth: { username: 'u', password: 'p' } })
    const options = { headers: { authorization: env('TOKEN'), 'x-tenant': 'backend' } }
    expect((await heardBy({ headers: ['accept', 'a/b'], options }))?.headers).toEqual([
      ...['accept: a/b', 'authorization: from-environment', 'x-request-id: request-1', 'x-tenant: backend'],
    ])
  })
})

describe('credentials', () => {
  const SECRET = 'Tr0ub4dor'
  const secret = { headers: ['x-token', SECRET], options: { headers: { authorization: SECRET } } }
  const backends: [string, () => Promise<Pick<Served, 'url'>>][] = [
    ['is not there', async () => ({ url: 'http://127.0.0.1:9' })],
    ['hangs up', () => serve(httpServer(({ socket }) => void socket.destroy()))],
    [
      'breaks off',
      () =>
        serve(
          httpServer((_, response) =>
            response.writeHead(200, { 'content-length': 9 }).write('x', () => response.destroy()),
          ),
        ),
    ],
    ['says too much', () => answering('x'.repeat(10))],
  ]

  test.each(backends)('are in no error when a backend %s, and its lines in the log have none', async (_, backend) => {
    const { url } = await backend()
    const error = await rejectionOf(ask(url, { ...secret, options: { ...secret.options, maxBytes: 5 } }))
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(SECRET)
    expect(JSON.stringify(failure(error))).not.toContain(SECRET)
  })

  test('are in no error of an interceptor that axios has made, however often it is wrapped', async () => {
    const { url } = await answering('')
    client.interceptors.response.use(({ config, request, ...response }) => {
      const inner = new AxiosError(`refused`, 'INNER', config, request, { config, request, ...response })
      throw AxiosError.from(inner, 'OUTER', config, request)
    })
    const error = await rejectionOf(ask(url, secret))
    expect(error.cause).toMatchObject({ code: 'OUTER', message: 'refused', cause: { code: 'INNER' } })
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(SECRET)
    expect(failure(error)).toEqual({ error: 'refused' })
  })

  test('are not in the stack that is logged of a mistake in a setting', async () => {
    Object.assign(client.defaults, { socketPath: 7 })
    const error = await rejectionOf(ask('http://127.0.0.1:9', secret))
    expect(error.code).toBe('internal')
    const line = failure(error)
    expect(line).toMatchObject({
      error: expect.stringContaining('socketPath must be a string'),
      stack: expect.any(String),
    })
    expect(JSON.stringify(line)).not.toContain(SECRET)
  })
})
