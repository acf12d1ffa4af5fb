import { describe, expect, test } from '@jest/globals'
import { askForWhole, changedHead, describeBody, unmodifiedHead } from '../../../../src/http/proxy/transformed-head.ts'
import { Fields } from '../../../../src/lib/fields.ts'

const BODY = { contentType: 'application/json', codings: [], isNegotiated: false, length: 2 }
const head = (raw: readonly string[], body: Partial<typeof BODY> = {}) =>
  new Fields(changedHead(new Fields(raw), { ...BODY, ...body }))

describe('a changed response', () => {
  test.each([
    ['"a"', 'W/"a"'],
    ['W/"a"', 'W/"a"'],
    ['""', 'W/""'],
    ['a', undefined],
    ['"a', undefined],
    ['"a", "b"', undefined],
  ])('with the tag %s has %s', (etag, made) => {
    expect(head(['ETag', etag]).get('etag')).toBe(made)
    expect(new Fields(unmodifiedHead(new Fields(['ETag', etag]))).get('etag')).toBe(made)
  })

  test.each([
    [[], false, undefined],
    [[], true, 'Accept-Encoding'],
    [['Vary', 'Accept'], false, 'Accept'],
    [['Vary', 'Accept', 'vary', 'Origin'], true, 'Accept, Origin, Accept-Encoding'],
    [['Vary', 'accept-encoding'], true, 'accept-encoding'],
    [['Vary', '*'], true, '*'],
    [['Vary', ''], true, 'Accept-Encoding'],
  ])('with %j, negotiated %j, varies by %s', (raw, isNegotiated, vary) => {
    expect(head(raw, { isNegotiated }).get('vary')).toBe(vary)
  })

  test('keeps every cookie and whatever else is not of its bytes', () => {
    const raw = ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Content-Length', '9', 'Content-Type', 'text/xml']
    expect(head(raw).raw).toEqual([
      ...['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'],
      ...['content-type', 'application/json', 'content-length', '2'],
    ])
  })
})

describe('a request', () => {
  test('for what is to be changed asks for it whole, in a known coding, in the other format', () => {
    const headers = ['Range', 'bytes=0-', 'If-Range', '"a"', 'Accept-Encoding', 'dcb, br', 'Accept', 'application/json']
    askForWhole(headers, 'json')
    expect(headers).toEqual(['Accept-Encoding', 'br', 'Accept', 'application/xml, text/xml'])
  })

  test.each([
    ['json', 'application/json ; q=0.5 , text/html', 'application/xml; q=0.5 , text/xml; q=0.5 , text/html'],
    ['json', 'application/xml', 'application/xml'],
    ['xml', 'text/xml, application/atom+xml', 'application/json,application/atom+json, application/json'],
    ['xml', 'image/svg+xml', 'image/svg+xml'],
    [undefined, 'application/json', 'application/json'],
  ] as const)('as %s accepts %j: it says %j', (as, accept, said) => {
    const headers = ['accept', accept]
    askForWhole(headers, as)
    expect(headers).toEqual(['accept', said])
  })

  test('with a changed body says nothing of the one that came', () => {
    const headers = ['Content-Length', '3', 'content-type', 'a/b', 'Content-MD5', 'x', 'Digest', 'x', 'X-Own', '1']
    const changed = [...headers, 'Content-Encoding', 'gzip']
    describeBody(changed, 'c/d', false)
    expect(changed).toEqual(['X-Own', '1', 'Content-Encoding', 'gzip', 'content-type', 'c/d'])
    const plain = [...headers, 'Content-Encoding', 'gzip']
    describeBody(plain, 'c/d', true)
    expect(plain).toEqual(['X-Own', '1', 'content-type', 'c/d'])
  })
})
