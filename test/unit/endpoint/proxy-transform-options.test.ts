import { describe, expect, test } from '@jest/globals'
import { proxy, rest } from 'facet'

const backend = rest('legacy', { url: 'http://127.0.0.1:1' })
const define = (options: object) => () => proxy('ANY /x/*path', backend, options)
const hook = ({ body }: { body: unknown }) => body

describe('what a proxied route changes', () => {
  test.each([
    [{ as: 'yaml' }, /at 'as' \('yaml'\): 'json' or 'xml' was expected/],
    [{ request: 'x' }, /at 'request' \('x'\): a function was expected/],
    [{ response: {} }, /at 'response'/],
    [{ as: 'json', transformMaxBytes: 0 }, /at 'transformMaxBytes' \(0\)/],
    [{ as: 'json', transformMaxBytes: 1.5 }, /at 'transformMaxBytes' \(1.5\)/],
    [{ transformMaxBytes: 5 }, /at 'transformMaxBytes': nothing is changed without/],
    [{ as: 'json', xml: 'a' }, /at 'xml' \('a'\): \{ convention, root, mediaType \} was expected/],
    [{ xml: {} }, /at 'xml': nothing is changed without/],
    [{ as: 'json', xml: { root: '1' } }, /at 'xml.root' \('1'\): the name of an XML element was expected/],
    [{ as: 'json', xml: { mediaType: 'application/json' } }, /at 'xml.mediaType' \('application\/json'\)/],
    [{ as: 'json', xml: { mediaType: 'text/xml\r\nX: 1' } }, /at 'xml.mediaType'/],
    [{ as: 'json', xml: { convention: 'badgerfish' } }, /at 'xml.convention' \('badgerfish'\)/],
    [{ as: 'json', xml: { convention: { convention: 'xml2js' } } }, /at 'xml.convention'/],
    [{ as: 'json', xml: { convention: { namespaces: 'uri' } } }, /at 'namespaces' \('uri'\)/],
    [{ as: 'json', xml: { convention: { keepRoot: false } } }, /at 'keepRoot' \(false\): there is no such option/],
    [{ as: 'json', xml: { convention: { convention: 'badgerfish', namespaces: 'active' } } }, /at 'namespaces'/],
    [{ as: 'json', xml: { convention: { convention: 'badgerfish' }, root: 'a' } }, /at 'xml.root' \('a'\)/],
    [{ as: 'json', cache: { ttl: 'origin' } }, /at 'cache': .* 'as' changes that/],
    [{ request: hook, cache: { ttl: 'origin' } }, /at 'cache': .* 'request' changes that/],
    [{ response: hook, cache: { ttl: 'origin' } }, /at 'cache': .* 'response' changes that/],
  ])('is refused as %j', (options, message) => {
    expect(define(options)).toThrow(message)
    expect(define(options)).toThrow(/^proxy 'ANY \/x\/\*path'/)
  })

  test('is settled when it is defined', () => {
    expect(proxy('ANY /x/*path', backend, {}).transform).toBeUndefined()
    expect(proxy('ANY /x/*path', backend, { as: 'json' }).transform).toMatchObject({
      as: 'json',
      maxBytes: 1_048_576,
      mediaType: 'application/xml',
      convention: { keepRoot: true },
    })
    const xml = { root: 'order', mediaType: 'application/soap+xml; action="a"' } as const
    expect(proxy('ANY /x/*path', backend, { as: 'xml', xml, transformMaxBytes: 9 }).transform).toMatchObject({
      ...xml,
      maxBytes: 9,
      convention: { keepRoot: false },
    })
  })
})
