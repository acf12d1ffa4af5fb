import { describe, expect, test } from '@jest/globals'
import { env } from '../../src/config.ts'
import { checkBackends, urlsOf } from '../../src/config-backends.ts'

describe('the URLs of backends', () => {
  const expected = (backend: string) =>
    `expected the http or https URL of backend '${backend}', for example http://127.0.0.1:4001`
  const check = (value: string | undefined) => checkBackends([{ name: 'crm', url: env('CRM_URL') }], { CRM_URL: value })

  test.each([
    'http://127.0.0.1:4001',
    'https://crm.example.com/',
    'http://crm/base/path',
    'http://[::1]:80',
    'HTTP://CRM',
  ])('%s is taken', (value) => {
    expect(check(value)).toEqual([])
    expect(checkBackends([{ name: 'crm', url: value }], {})).toEqual([])
  })

  test.each([undefined, ''])('that are missing are told with the variable (%j)', (value) => {
    expect(check(value)).toEqual([`CRM_URL is not set: ${expected('crm')}`])
  })

  test.each([
    'crm',
    'localhost:4001',
    '127.0.0.1:4001',
    '//crm',
    'ftp://crm',
    'file:///etc/passwd',
    'http://',
    'http://crm:99999',
    'http://crm?x=1',
    'http://crm/#x',
    'http://a b',
    'javascript:1',
    ' ',
  ])('that are none are told with the variable and the value: %s', (value) => {
    expect(check(value)).toEqual([`CRM_URL is '${value}': ${expected('crm')}`])
    expect(checkBackends([{ name: 'crm', url: value }], {})).toEqual([
      `the url of backend 'crm' is '${value}': ${expected('crm')}`,
    ])
  })

  test.each([
    'http://ada:hunter2@crm/',
    'http://ada@crm',
    'ftp://ada:hunter2@crm',
    'http://ada:hunter2@crm/?x=1',
    'http//ada:hunter2@crm',
    'http:ada:hunter2@crm',
  ])('that carry credentials are refused, without showing them: %s', (value) => {
    const lines = check(value)
    expect(lines).toEqual([`CRM_URL carries credentials: ${expected('crm')}`])
  })

  test('are all checked at once', () => {
    const wanted = ['crm', 'shop', 'billing', 'rates'].map((name) => ({ name, url: env(`${name.toUpperCase()}_URL`) }))
    const lines = checkBackends(wanted, { SHOP_URL: 'http://shop', BILLING_URL: 'billing' })
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'CRM_URL is not set',
      "BILLING_URL is 'billing'",
      'RATES_URL is not set',
    ])
  })
})

describe('the headers of backends', () => {
  const headers = [
    ['authorization', env('CRM_AUTHORIZATION')],
    ['x-tenant', 'acme'],
  ] as const
  const check = (value: string | undefined) =>
    checkBackends([{ name: 'crm', url: 'http://crm', headers }], { CRM_AUTHORIZATION: value })
  const expected = "expected what backend 'crm' is sent as 'authorization'"

  test('may come from the environment', () => {
    expect(check('Bearer hunter2')).toEqual([])
  })

  test.each([undefined, ''])(
    'that are missing are told with the variable (%j): nothing would be sent instead',
    (value) => {
      expect(check(value)).toEqual([`CRM_AUTHORIZATION is not set: ${expected}`])
    },
  )

  test.each(['a\r\nX-Admin: 1', 'a\u0000', 'Łódź'])(
    'that cannot be sent are refused without showing them: %j',
    (value) => {
      expect(check(value)).toEqual([`CRM_AUTHORIZATION has characters that no header can carry: ${expected}`])
    },
  )
})

describe('the URLs of a backend', () => {
  const resolve = (value: unknown) => (typeof value === 'string' ? value : ' http://x:1 , http://y/a,b ')
  test.each([
    ['http://a:1', [{ url: 'http://a:1' }]],
    [' http://a:1 , https://b/x,y ,http://c', [{ url: 'http://a:1' }, { url: 'https://b/x,y' }, { url: 'http://c' }]],
    [
      ['http://a', { url: 'http://b', weight: 3 }],
      [{ url: 'http://a' }, { url: 'http://b', weight: 3 }],
    ],
    [env('URLS'), [{ url: 'http://x:1' }, { url: 'http://y/a,b' }]],
    [
      [{ url: env('URLS'), weight: 2 }, 'http://a'],
      [{ url: 'http://x:1', weight: 2 }, { url: 'http://y/a,b', weight: 2 }, { url: 'http://a' }],
    ],
  ])('of %j', (said, urls) => {
    expect(urlsOf(said, resolve)).toEqual(urls)
  })

  test('are each checked', () => {
    const url = ['http://a', env('B'), { url: env('C'), weight: 2 }]
    expect(checkBackends([{ name: 'crm', url }], { B: 'http://b,http://u:p@c' })).toEqual([
      expect.stringMatching(/^B carries credentials/),
      expect.stringMatching(/^C is not set/),
    ])
  })
})
