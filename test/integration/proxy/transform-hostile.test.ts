import { describe, expect, test } from '@jest/globals'
import { proxy } from 'facet'
import { post } from '../support/byte-backend.ts'
import { expectProblem, SECRET } from '../support/problems.ts'
import { transforming } from './transforming.ts'

const { backend, facet } = await transforming((legacy) => ({
  json: proxy('ANY /json/*path', legacy, { as: 'json' }),
  xml: proxy('ANY /xml/*path', legacy, { as: 'xml' }),
}))

describe('hostile documents', () => {
  const LAUGHS = `<!DOCTYPE lolz [<!ENTITY a "lol">${['b', 'c', 'd', 'e', 'f', 'g', 'h']
    .map((name, at) => `<!ENTITY ${name} "${`&${'abcdefgh'[at]};`.repeat(10)}">`)
    .join('')}]><lolz>&h;</lolz>`
  const DEEP = '<a>'.repeat(600) + '</a>'.repeat(600)
  const rows: [string, string, string | Buffer][] = [
    ['a billion laughs', 'text/xml', LAUGHS],
    ['an external entity', 'text/xml', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ['elements too deep', 'text/xml', DEEP],
    ['what is not closed', 'text/xml', `<a>${SECRET}`],
    ['UTF-8 that is none', 'text/xml; charset=utf-8', Buffer.from('<a>\xe9</a>', 'latin1')],
    ['another charset than is said', 'text/xml', Buffer.from('<?xml version="1.0" encoding="utf-16"?><a/>')],
    ['a charset that nobody knows', 'text/xml; charset=klingon', '<a/>'],
  ]

  test.each(rows)('%s: as a response 502', async (_, type, body) => {
    backend.says(type, body)
    expectProblem(await facet.get('/json/x'), 'backend-malformed')
  })

  test.each(rows)('%s: as a request 400, which the backend never sees', async (_, type, body) => {
    expectProblem(await post(facet, '/xml/x', body as string, type), 'input-invalid')
    expect(backend.got).toEqual([])
  })

  test.each([
    ['cut off', '{"a":'],
    ['in Latin-1', Buffer.from('{"a":"\xe9"}', 'latin1')],
  ])('JSON that is %s', async (_, body) => {
    backend.says('application/json', body)
    expectProblem(await facet.get('/xml/x'), 'backend-malformed')
    expectProblem(await post(facet, '/json/x', body as string, 'application/json'), 'input-invalid')
  })

  test('JSON with more values within each other than can be written is no mistake of this server', async () => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000)
    backend.says('application/json', deep)
    expectProblem(await facet.get('/xml/x'), 'backend-malformed')
    expectProblem(await post(facet, '/json/x', deep, 'application/json'), 'input-invalid')
  })

  test('a request with what XML cannot carry is refused', async () => {
    expectProblem(await post(facet, '/json/x', '{"a":"\\u0000"}', 'application/json'), 'input-invalid')
  })

  test('names of prototypes are data', async () => {
    backend.says('text/xml', '<__proto__><constructor>1</constructor></__proto__>')
    expect((await facet.get('/json/x')).text).toBe('{"__proto__":{"constructor":"1"}}')
  })

  test.each(['utf-16le', 'utf-16be'])('%s with its mark is read', async (charset) => {
    const bytes = Buffer.from('\ufeff<?xml version="1.0" encoding="UTF-16"?><a>é€</a>', 'utf16le')
    backend.says('text/xml', charset === 'utf-16be' ? bytes.swap16() : bytes)
    expect((await facet.get('/json/x')).json()).toEqual({ a: 'é€' })
  })
})
