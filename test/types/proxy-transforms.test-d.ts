// What the hooks of a proxied route see, and what may be said of them.
import { proxy, rest } from 'facet'
import { check, type Equal } from './equal.ts'

const backend = rest('legacy', { url: 'http://127.0.0.1:1' })

proxy('ANY /a/*path', backend, {
  as: 'json',
  request: (message) => {
    check<Equal<typeof message.body, unknown>>()
    check<Equal<typeof message.query, URLSearchParams>>()
    check<Equal<typeof message.method, string>>()
    // @ts-expect-error a request has no status
    message.status
    return message.body
  },
  response: (message) => {
    check<Equal<typeof message.status, number>>()
    check<Equal<typeof message.body, unknown>>()
    check<Equal<ReturnType<typeof message.header>, string | undefined>>()
    check<Equal<typeof message.path, string>>()
    // @ts-expect-error what it returns is sent, and not what it changes
    message.body = {}
    return { ...(message.body as object), path: message.path }
  },
})
// @ts-expect-error json or xml
proxy('ANY /a/*path', backend, { as: 'yaml' })
// @ts-expect-error the body is whatever was sent
proxy('ANY /a/*path', backend, { response: ({ body }) => body.id })
// @ts-expect-error a namespace in every name makes a document a thousand times its size
proxy('ANY /a/*path', backend, { as: 'json', xml: { convention: { namespaces: 'uri' } } })
// @ts-expect-error the root element is a matter of `root`
proxy('ANY /a/*path', backend, { as: 'json', xml: { convention: { keepRoot: false } } })
