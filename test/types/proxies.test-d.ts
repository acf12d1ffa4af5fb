// What a team can name of a proxied route in code of its own: options that several routes share, and functions that stand by themselves.
import { type ProxiedMessage, type ProxiedRequest, type ProxiedResponse, type ProxyOptions, proxy } from 'facet'
import { check, checkNotAny, type Equal } from './equal.ts'

checkNotAny<Omit<ProxiedRequest, 'query'>>('no any')
checkNotAny<Omit<ProxiedResponse, 'query'>>('no any')
check<Equal<ProxyOptions, NonNullable<Parameters<typeof proxy>[2]>>>()
// The names are those of what the functions are given.
type Given<F> = F extends (given: infer G) => unknown ? G : never
type Target = NonNullable<ProxyOptions['targets']>[number]
check<Equal<Given<NonNullable<Target['when']>>, ProxiedRequest>>()
check<Equal<Given<NonNullable<Target['by']>>, ProxiedRequest>>()
check<Equal<Given<NonNullable<ProxyOptions['request']>>, ProxiedMessage>>()
check<Equal<Given<NonNullable<ProxyOptions['response']>>, ProxiedResponse>>()

// Functions of the head.
const tenant = ({ header, host }: ProxiedRequest): string | undefined => header('x-tenant') ?? host.split('.')[0]
const isPreview = ({ query }: ProxiedRequest): boolean => query.has('preview')
const moved = (path: string, request: ProxiedRequest): string => `/${tenant(request)}${path}`
// @ts-expect-error the head says nothing of the body
export const ofBody = ({ body }: ProxiedRequest): unknown => body
export const changed = (request: ProxiedRequest): void => {
  // @ts-expect-error what has come is not changed
  request.path = '/'
}

// Hooks of the body.
const unwrapped = ({ body }: ProxiedMessage): unknown => (body as { readonly data: unknown }).data
const wrapped = ({ status, body }: ProxiedResponse): unknown => ({ status, body })
// @ts-expect-error a request has no status
export const early = ({ status }: ProxiedMessage): unknown => status
check<Equal<ProxiedResponse extends ProxiedMessage ? true : false, true>>()

const common: ProxyOptions = {
  rewrite: moved,
  headers: { request: { set: { 'x-tenant': tenant } } },
  targets: [{ to: 'http://127.0.0.1:9', when: isPreview, weight: 0.5, by: tenant }],
  request: unwrapped,
  response: wrapped,
  websocket: { connections: 100 },
}
proxy('ANY /a/*path', 'http://127.0.0.1:9', common)
proxy('GET /b/*path', 'http://127.0.0.1:9', { ...common, summary: 'the same' })
// @ts-expect-error a hook of responses is none of requests
proxy('GET /c/*path', 'http://127.0.0.1:9', { ...common, request: wrapped })
// @ts-expect-error how many there may be is a number
proxy('GET /d/*path', 'http://127.0.0.1:9', { websocket: { connections: '100' } })
