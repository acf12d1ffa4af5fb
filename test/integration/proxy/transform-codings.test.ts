import {
  brotliCompressSync,
  brotliDecompressSync,
  deflateRawSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { proxy } from 'facet'
import { bytesOf, post } from '../support/byte-backend.ts'
import { expectProblem } from '../support/problems.ts'
import { head, say } from '../support/wire.ts'
import { transforming } from './transforming.ts'

const MIB = 1024 * 1024

const { backend, facet } = await transforming((legacy) => ({
  json: proxy('ANY /json/*path', legacy, { as: 'json' }),
  small: proxy('ANY /small/*path', legacy, { as: 'json', transformMaxBytes: 1_000 }),
}))

const CODINGS = {
  gzip: [gzipSync, gunzipSync],
  br: [brotliCompressSync, brotliDecompressSync],
  deflate: [deflateSync, inflateSync],
  zstd: [zstdCompressSync, zstdDecompressSync],
} as const

describe.each(Object.entries(CODINGS))('a body in %s', (coding, [encode, decode]) => {
  const document = `<a>${'é'.repeat(2_000)}</a>`

  test('is changed, and coded again for a client that takes it', async () => {
    backend.says('application/xml', encode(Buffer.from(document)), { 'Content-Encoding': coding, Vary: 'Accept' })
    const { headers, bytes } = await bytesOf(facet, '/json/x', { 'Accept-Encoding': `dcb, ${coding}` })
    expect(backend.last().headers['accept-encoding']).toBe(coding)
    expect(headers.get('content-encoding')).toBe(coding)
    expect(headers.get('content-length')).toBe(String(bytes.length))
    expect(headers.get('vary')).toBe('Accept, Accept-Encoding')
    expect(JSON.parse(decode(bytes).toString())).toEqual({ a: 'é'.repeat(2_000) })
  })

  test.each([undefined, 'identity', 'dcb', `${coding};q=0`])('is sent plain where %s is accepted', async (accepted) => {
    backend.says('application/xml', encode(Buffer.from(document)), { 'Content-Encoding': coding })
    const { headers, bytes } = await bytesOf(
      facet,
      '/json/x',
      accepted === undefined ? {} : { 'Accept-Encoding': accepted },
    )
    expect(headers.get('content-encoding')).toBeNull()
    expect(JSON.parse(bytes.toString())).toEqual({ a: 'é'.repeat(2_000) })
  })

  test('goes through untouched where it is not changed', async () => {
    const bytes = encode(Buffer.from('plain'))
    backend.says('text/plain', bytes, { 'Content-Encoding': coding })
    expect((await bytesOf(facet, '/json/x', { 'Accept-Encoding': coding })).bytes).toEqual(bytes)
  })

  test('as a request is sent on in the same', async () => {
    await post(facet, '/json/x', encode('{"a":"é"}'), 'application/json', { 'Content-Encoding': coding })
    expect(backend.last().headers['content-encoding']).toBe(coding)
    expect(decode(backend.last().body).toString()).toContain('>é</a>')
  })

  test('that breaks off, is something else, or has something behind it, is refused', async () => {
    const whole = encode(Buffer.from(document))
    const broken = [
      whole.subarray(0, -4),
      Buffer.from('not that at all, no'),
      Buffer.concat([whole, Buffer.from('more')]),
    ]
    for (const bytes of broken) {
      backend.says('application/xml', bytes, { 'Content-Encoding': coding })
      expectProblem(await facet.get('/json/x'), 'backend-malformed')
      const before = backend.got.length
      const reply = await post(facet, '/json/x', bytes, 'application/json', { 'Content-Encoding': coding })
      expect(expectProblem(reply, 'input-invalid').issues?.[0]?.path).toBe('body')
      expect(backend.got).toHaveLength(before)
    }
  })

  test('that becomes ten megabytes is given up at the bound', async () => {
    const bomb = encode(Buffer.alloc(10 * MIB))
    backend.says('application/xml', bomb, { 'Content-Encoding': coding })
    expectProblem(await facet.get('/json/x'), 'backend-malformed')
    expectProblem(
      await post(facet, '/json/x', bomb, 'application/json', { 'Content-Encoding': coding }),
      'body-too-large',
    )
    expect(backend.got).toHaveLength(1)
  })
})

describe('codings', () => {
  test('deflate without the bytes of zlib before it is read as well', async () => {
    backend.says('application/xml', deflateRawSync('<a/>'), { 'Content-Encoding': 'deflate' })
    expect((await facet.get('/json/x')).json()).toEqual({ a: '' })
  })

  test('two within each other are undone and made again', async () => {
    const twice = brotliCompressSync(gzipSync('<a>1</a>'))
    backend.says('application/xml', twice, { 'Content-Encoding': 'x-gzip, br' })
    const { headers, bytes } = await bytesOf(facet, '/json/x', { 'Accept-Encoding': 'br, gzip' })
    expect(headers.get('content-encoding')).toBe('gzip, br')
    expect(gunzipSync(brotliDecompressSync(bytes)).toString()).toBe('{"a":"1"}')
  })

  test.each(['compress', 'gzip, gzip, gzip'])('%s is refused', async (coding) => {
    backend.says('application/xml', '<a/>', { 'Content-Encoding': coding })
    const reply = await say(facet.url, head('/json/x'))
    expectProblem(reply, 'backend-malformed')
    const sent = await post(facet, '/json/x', '{}', 'application/json', { 'Content-Encoding': coding })
    expectProblem(sent, 'media-unsupported')
    expect(sent.headers.get('accept-encoding')).toBe('br, gzip, deflate, zstd, identity')
  })
})

describe('a body beyond the bound', () => {
  const large = JSON.stringify({ a: 'x'.repeat(1_000) })

  test('is 413 as a request, before it is sent on', async () => {
    expectProblem(await post(facet, '/small/x', large, 'application/json'), 'body-too-large')
    const stream = new Blob([large]).stream()
    const init = { method: 'POST', body: stream, duplex: 'half', headers: { 'Content-Type': 'application/json' } }
    expectProblem(await facet.request('/small/x', init as RequestInit), 'body-too-large')
    expect(backend.got).toEqual([])
  })

  test('is 413 and no 100 for a client that waits to be told to go on', async () => {
    const headers = { 'Content-Type': 'application/json', Expect: '100-continue', 'Content-Length': '2000' }
    expectProblem(await say(facet.url, head('/small/x', headers, 'POST')), 'body-too-large')
  })

  test('is 502 as a response, never half, whether it says its length or not', async () => {
    const document = `<a>${'x'.repeat(1_000)}</a>`
    backend.says('text/xml', document)
    expectProblem(await facet.get('/small/x'), 'backend-malformed')
    backend.answer((_, response) => {
      response.setHeader('Content-Type', 'text/xml').write(document.slice(0, 500))
      setTimeout(() => response.end(document.slice(500)), 20)
    })
    expectProblem(await facet.get('/small/x'), 'backend-malformed')
  })

  test('of exactly that size is none', async () => {
    backend.says('text/xml', `<a>${'x'.repeat(993)}</a>`)
    expect((await facet.get('/small/x')).json()).toEqual({ a: 'x'.repeat(993) })
  })
})
