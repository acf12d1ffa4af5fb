import { describe, expect, test } from '@jest/globals'
import axios from 'axios'
import { rest } from '../../../src/backend/rest.ts'
import { soap } from '../../../src/backend/soap.ts'
import { xml } from '../../../src/backend/xml.ts'
import { env } from '../../../src/config.ts'
import { DefinitionError } from '../../../src/errors.ts'

// What `import * as axios` would give: an object without a prototype.
const namespace = Object.defineProperty(Object.create(null), Symbol.toStringTag, { value: 'Module' })
const url = 'http://127.0.0.1:9'
const kinds = [
  ['rest', (name: string, options: object) => rest(name, options as never)],
  ['xml', (name: string, options: object) => xml(name, options as never)],
  ['soap', (name: string, options: object) => soap(name, { namespace: 'urn:x', ...options } as never)],
] as const

describe.each(kinds)('a %s backend', (_, define) => {
  test('has defaults', () => {
    expect(define('crm', { url })).toMatchObject({
      ...{
        name: 'crm',
        url,
        timeout: 5_000,
        retries: 0,
        forward: [],
        headers: [],
        connections: 256,
        maxBytes: 16_777_216,
      },
    })
  })

  test('is what is said of it, with header names in lower case where they are looked up', () => {
    const headers = { authorization: env('CRM_AUTHORIZATION'), 'X-Tenant': 'acme' }
    const options = {
      url: env('CRM_URL'),
      timeout: '2s',
      retries: 3,
      forward: ['Accept-Language'],
      headers,
      connections: 1,
      maxBytes: 1,
    }
    expect(define('crm', options)).toMatchObject({
      ...{ ...options, timeout: 2_000, forward: ['accept-language'] },
      headers: [
        ['authorization', headers.authorization],
        ['X-Tenant', 'acme'],
      ],
    })
  })

  test.each([
    ['axios.create()', axios.create()],
    ['axios itself', axios],
    ['an object of its class', new axios.Axios({})],
  ])('may have a client: %s', (_, client) => {
    expect(define('crm', { url, client }).client).toBe(client)
  })

  test.each(['', '1crm', 'crm api', 'crm:1', 'größe', 'a/b', 'crm\n'])('named %j is refused', (name) => {
    expect(() => define(name, { url })).toThrow(
      new DefinitionError(`backend '${name}': a name of letters, digits, - and _ was expected`),
    )
  })

  test.each<[string, object, string]>([
    ['no such option', { url, timout: '2s' }, "at 'timout' ('2s'): there is no such option"],
    ['no URL', {}, "at 'url' (undefined): an http URL or env(…) was expected"],
    ['a URL that is none', { url: 'crm' }, "at 'url' ('crm'): an http URL or env(…) was expected"],
    [
      'a timeout that is none',
      { url, timeout: '2 s' },
      "at 'timeout' ('2 s'): a duration such as 300ms, 30s, 5m, 2h was expected",
    ],
    ['a timeout as a number', { url, timeout: 2_000 }, "at 'timeout' (2000): "],
    ['retries that are none', { url, retries: -1 }, "at 'retries' (-1): "],
    ['retries without end', { url, retries: 11 }, "at 'retries' (11): "],
    ['half a retry', { url, retries: 0.5 }, "at 'retries' (0.5): "],
    ['no connections', { url, connections: 0 }, "at 'connections' (0): "],
    ['no bytes', { url, maxBytes: 0 }, "at 'maxBytes' (0): "],
    ...[
      ['no instance', {}, '[object Object]'],
      ['nothing', null, 'null'],
      ['its name', 'axios', "'axios'"],
      ['what makes instances', axios.create, 'a function'],
      ['the module', namespace, '[object Module]'],
      ['a function of another kind', fetch, 'a function'],
    ].map(([what, client, shown]): [string, object, string] => [
      `a client that is ${what}`,
      { url, client },
      `at 'client' (${shown}): an axios instance was expected, as axios.create(…) gives it`,
    ]),
    [
      'connections of a client',
      { url, client: axios.create(), connections: 5 },
      "at 'connections' (5): the connections are the client's; say it as maxSockets of its agents",
    ],
    ...['connect', 'headers', 'body'].map((part): [string, object, string] => [
      `a bound of ${part} where a client is asked`,
      { url, client: axios.create(), timeout: { attempt: '2s', [part]: '1s' } },
      `at 'timeout.${part}' (1s): the client tells nothing of its attempts before their end`,
    ]),
    ['a header that is none', { url, headers: { 'a b': 'x' } }, "at 'headers.a b' ('x'): "],
    ['a header value that cannot be sent', { url, headers: { a: 'x\r\ny' } }, "at 'headers.a' ('x\r\ny'): "],
    [
      'a header of the connection',
      { url, headers: { 'Transfer-Encoding': 'chunked' } },
      "at 'headers.Transfer-Encoding' ('chunked'): ",
    ],
    [
      'a header sent on that is none',
      { url, forward: ['a b'] },
      "at 'forward.0' ('a b'): the name of a header that can be sent was expected",
    ],
    ...['Accept', 'accept-encoding', 'Content-Type', 'range', 'If-None-Match', 'x-request-id'].map(
      (name): [string, object, string] => [
        `${name} sent on`,
        { url, forward: [name] },
        `at 'forward.0' ('${name}'): the name of a header that says something of the caller was expected`,
      ],
    ),
    ...[
      'connection',
      'Content-Length',
      'expect',
      'Host',
      'keep-alive',
      'TE',
      'trailer',
      'transfer-encoding',
      'Upgrade',
    ].map((name): [string, object, string] => [
      `${name} sent on`,
      { url, forward: ['accept-language', name] },
      `at 'forward.1' ('${name}'): the name of a header that can be sent was expected`,
    ]),
  ])('with %s is refused, with the option and its value', (_, options, message) => {
    expect(() => define('crm', options)).toThrow(DefinitionError)
    expect(() => define('crm', options)).toThrow(`backend 'crm' ${message}`)
  })
})
