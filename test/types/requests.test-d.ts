// What functions of an endpoint see of a request: what was declared, typed, and nothing else.
import { endpoint, env, proxy } from 'facet'
import { z } from 'zod'
import { customer } from '../../routes/_backends/crm.ts'
import type { PathParams } from '../../src/lib/path.ts'
import { check, checkNotAny, type Equal } from './equal.ts'

// The parameters of a path, from its text.
check<Equal<PathParams<'/a'>, {}>>()
check<Equal<PathParams<'/a/:id'>, { id: string }>>()
check<Equal<PathParams<'/a/:id/b/:other'>, { id: string; other: string }>>()
check<Equal<PathParams<'/a/:id-:version.json'>, { id: string; version: string }>>()
check<Equal<PathParams<'/a/:id-:v/*rest{/:page}'>, { id: string; v: string; rest: string[]; page?: string }>>()
check<Equal<PathParams<'/files/{proxy+}'>, { proxy: string[] }>>()
check<Equal<PathParams<'/a{/:id}'>, { id?: string }>>()
checkNotAny<PathParams<'/a/:id/*rest'>>('no any')

// A route is a method, a blank and a path.
// @ts-expect-error a method is required
endpoint('/x')
// @ts-expect-error in capitals
endpoint('get /x')
// @ts-expect-error and a path
endpoint('GET x')
// @ts-expect-error a method that there is
endpoint('FETCH /x')
for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'ANY'] as const)
  endpoint(`${method} /x`)

// What is passed on may have several methods, and a URL is enough of a backend.
proxy('GET,POST /x/*path', 'http://127.0.0.1:9')
proxy('ANY /x/{proxy+}', env('LEGACY_URL'), { rewrite: (path, { header }) => `/${header('x-tenant')}${path}` })
// @ts-expect-error an endpoint has one
endpoint('GET,POST /x')
// @ts-expect-error methods that there are
proxy('FETCH,POST /x/*path', 'http://127.0.0.1:9')

// Query, body and headers, as their schemas say after they have parsed.
endpoint('PUT /q/:id', {
  query: z.object({ page: z.coerce.number().default(1) }),
  body: z.object({ sku: z.string(), at: z.iso.date().transform((text) => new Date(text)) }),
  headers: z.object({ 'accept-language': z.string().default('en') }),
  invalidates: (request) => {
    check<Equal<typeof request.body, { sku: string; at: Date }>>()
    checkNotAny<typeof request>('no any')
    return [request.params.id, String(request.query.page)]
  },
}).source('me', customer, (request) => {
  type Seen = {
    params: { id: string }
    query: { page: number }
    body: { sku: string; at: Date }
    headers: { 'accept-language': string }
  }
  check<Equal<typeof request, Seen>>()
  checkNotAny<typeof request>('no any')
  return { id: request.body.sku }
})
// @ts-expect-error no body without a schema
endpoint('POST /a').source('me', customer, ({ body }) => ({ id: body.sku }))
// @ts-expect-error no headers without a schema
endpoint('GET /a').source('me', customer, ({ headers }) => ({ id: headers.cookie }))
const language = z.object({ 'accept-language': z.string() })
// @ts-expect-error no header that was not declared
endpoint('GET /a', { headers: language }).source('me', customer, ({ headers }) => ({ id: headers.cookie }))
// @ts-expect-error no query without a schema
endpoint('GET /a').source('me', customer, ({ query }) => ({ id: query.id }))
// @ts-expect-error the raw request is not there
endpoint('GET /a').source('me', customer, ({ request }) => ({ id: request.url }))

// Tags and invalidations are functions of the request, too.
endpoint('GET /t/:id', {
  query: z.object({ page: z.coerce.number() }),
  cache: {
    ttl: '30s',
    stale: '5m',
    tags: (request) => {
      check<Equal<typeof request, { params: { id: string }; query: { page: number } }>>()
      return [`customer:${request.params.id}`, `page:${request.query.page}`]
    },
  },
})
// @ts-expect-error no such path parameter
endpoint('GET /t/:id', { cache: { ttl: '30s', tags: ({ params }) => [params.nope] } })
// @ts-expect-error one tag is a list, too
endpoint('GET /t/:id', { cache: { ttl: '30s', tags: ({ params }) => params.id } })
// @ts-expect-error no such path parameter
endpoint('DELETE /t/:id', { invalidates: ({ params }) => [params.nope] })

endpoint('GET /t/:id', {
  data: {
    ttl: '30s',
    tags: (request) => {
      check<Equal<typeof request, { params: { id: string }; query: {} }>>()
      return [request.params.id]
    },
  },
})
// @ts-expect-error an option of replies, not of data
endpoint('GET /t/:id', { data: { ttl: '30s', control: 'public' } })

// Options: known, and of their type.
// @ts-expect-error a misspelt option
endpoint('GET /o', { chache: { ttl: '30s' } })
// @ts-expect-error a misspelt option of the cache
endpoint('GET /o', { cache: { ttl: '30s', stail: '5m' } })
// @ts-expect-error a duration has a unit
endpoint('GET /o', { cache: { ttl: '30' } })
// @ts-expect-error a duration is text
endpoint('GET /o', { deadline: 500 })
// @ts-expect-error a status is a number
endpoint('GET /o', { status: '201' })
// @ts-expect-error a query is described by zod
endpoint('GET /o', { query: { page: Number } })

// Who is signed in: visible where somebody is, and where nobody else is given the reply.
const mine = { auth: 'user', cache: { ttl: '5s' } } as const
type Me = { readonly id: string; readonly roles: readonly string[] }
const seeUser = () =>
  endpoint('GET /me', mine).source('me', customer, ({ user }) => {
    check<Equal<typeof user.roles, Me['roles']>>()
    return { id: user.id }
  })
checkNotAny<ReturnType<typeof seeUser>['shape']>('no any')
const shared = { auth: 'user', cache: { ttl: '30s', share: 'everyone' } } as const
// @ts-expect-error a reply shared by everyone cannot depend on the user
const leak = () => endpoint('GET /p/:id', shared).source('x', customer, ({ user }) => ({ id: user.id }))
const agents = () => endpoint('GET /p/:id', { ...shared, allow: ({ user }) => user.roles.includes('agent') })
// @ts-expect-error nobody is signed in on a public endpoint
const publicly = () => endpoint('GET /q', { allow: ({ user }) => user.id === '1' })
export const unused = [leak, agents, publicly]
