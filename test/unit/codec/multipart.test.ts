import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { z } from 'zod'
import { relatedParts } from '../../../src/codec/multipart.ts'
import { vocabulary as xml, xmlDecoder } from '../../../src/codec/xml/index.ts'
import { failureOf } from '../support/failure.ts'

const TYPE = 'multipart/related; boundary=b'
const message = (...parts: string[]) => `${parts.map((part) => `--b\r\n${part}\r\n`).join('')}--b--\r\n`
const parts = (text: string | Buffer, type = TYPE) => relatedParts(Buffer.from(text as string, 'latin1'), type)
const part = (id: string, content: string, more = '') => `Content-ID: <${id}>\r\n${more}\r\n${content}`
const textOf = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('latin1')
const root = (text: string, type?: string) => textOf(parts(text, type)?.root.bytes)

describe('a multipart/related message', () => {
  test('is its first part, and the others by their Content-ID', () => {
    const read = parts(message(part('1', 'one', 'Content-Type: text/xml; charset=utf-8\r\n'), part('2@x', 'two')))
    expect(read?.root).toMatchObject({ contentType: 'text/xml; charset=utf-8' })
    expect([textOf(read?.root.bytes), textOf(read?.byId.get('2@x')), read?.byId.size]).toEqual(['one', 'two', 2])
    expect(JSON.stringify(read?.byId.get('2@x'))).toBe('"dHdv"')
  })

  test('is what `start` names, with brackets or without', () => {
    const text = message(part('1', 'one'), part('2', 'two'))
    for (const start of ['"<2>"', '2', '"2"', '<2>']) expect(root(text, `${TYPE}; start=${start}`)).toBe('two')
  })

  test.each([
    ['quoted', 'multipart/related; boundary="b"'],
    ['in upper case', 'MULTIPART/Related;BOUNDARY=b'],
    ['after others', 'multipart/related; type="application/xop+xml"; start-info="text/xml; boundary=x"; boundary=b'],
    ['with blanks', ' multipart/related ; boundary = b ; x=y'],
    ['with escapes', 'multipart/related; boundary="\\b"'],
    ['twice, of which the first counts', 'multipart/related; boundary=b; boundary=c'],
    ['after a parameter that is none', 'multipart/related; ; boundary=b'],
  ])('may have its boundary %s', (_, type) => {
    expect(root(message(part('1', 'one')), type)).toBe('one')
  })

  test('may have something before and after its parts, blanks after a boundary, and line feeds alone', () => {
    const text = `--bb\r\nThis is a message.\r\n--b \t\r\n${part('1', 'one')}\r\n--b-- \r\nepilogue --b`
    expect(root(text)).toBe('one')
    expect(root(text.replaceAll('\r\n', '\n'))).toBe('one')
  })

  test('may have any bytes in its parts: also line ends, and what is nearly a boundary', () => {
    const content = '\r\n--bc\r\n --b\r\n-- b--b\r\n--b-\r\n--b--x\r\n\x00\xff\r\n'
    expect(root(message(part('1', content)))).toBe(content)
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const content = Buffer.from(bytes).toString('latin1')
        fc.pre(!content.includes('--b'))
        expect(root(message(part('1', content), part('2', content)))).toBe(content)
      }),
    )
  })

  test('may have parts without header fields, and empty ones', () => {
    expect(root(message('\r\none'))).toBe('one')
    expect(root(message('\r\n'))).toBe('')
  })

  test('has its header fields in any case, folded, and not in what comes after them', () => {
    const fields = 'CONTENT-TYPE: text/xml;\r\n\tcharset=utf-8\r\ncontent-id:<1>\r\nX: y\r\n'
    const read = parts(message(`${fields}\r\nContent-ID: <2>\r\n\r\none`))
    expect(read?.root.contentType).toBe('text/xml; charset=utf-8')
    expect([...(read?.byId.keys() ?? [])]).toEqual(['1'])
  })

  test('has what is base64 decoded, whatever its lines, and everything else as it is', () => {
    const coded = part('1', 'aGVs\r\nbG8=\r\n', 'Content-Transfer-Encoding: BASE64\r\n')
    expect(root(message(coded))).toBe('hello')
    for (const encoding of ['7bit', '8bit', 'Binary'])
      expect(root(message(part('1', 'aGVs', `Content-Transfer-Encoding: ${encoding}\r\n`)))).toBe('aGVs')
  })

  test('in a message is a part like any other', () => {
    const inner = '--c\r\n\r\ninner\r\n--c--'
    const nested = part('1', inner, 'Content-Type: multipart/related; boundary=c\r\n')
    expect(root(message(nested))).toBe(inner)
  })

  test.each([
    undefined,
    'text/xml',
    'multipart/mixed; boundary=b',
    'multipart/relatedx; boundary=b',
    'x; multipart/related',
  ])('is none where the media type is %s', (type) => {
    expect(relatedParts(Buffer.from(message(part('1', 'one'))), type)).toBeUndefined()
  })
})

describe('a message is refused', () => {
  const one = message(part('1', 'one'))
  test.each<[string, string, string, string]>([
    ['without a boundary', one, 'multipart/related', 'without a boundary'],
    ['with an empty one', one, 'multipart/related; boundary=""', 'without a boundary'],
    ['with one that is too long', one, `multipart/related; boundary=${'b'.repeat(71)}`, 'without a boundary'],
    ['with another one', one, 'multipart/related; boundary=c', 'without its boundary'],
    ['that is empty', '', TYPE, 'without its boundary'],
    ['with a part without anything', '--b\r\n\r\n--b--', TYPE, 'without an end of its headers'],
    ['without a part', '--b--', TYPE, 'without the part that it starts with'],
    ['that does not end', one.replace('--b--', ''), TYPE, 'does not end'],
    ['that ends within a boundary', one.replace('--b--', '--b-'), TYPE, 'does not end'],
    ['that starts with a part that is not there', one, `${TYPE}; start="<2>"`, 'without the part that it starts with'],
    ['with a part without an end of its headers', message('Content-ID: <1>'), TYPE, 'without an end of its headers'],
    ['with endless headers', message(part('1', 'x', `X: ${'x'.repeat(20_000)}\r\n`)), TYPE, 'an end of its headers'],
    ['with two parts of one name', message(part('1', 'a'), part('1', 'b')), TYPE, 'two parts of one Content-ID'],
    [
      'with text that is quoted',
      message(part('1', 'a=3D', 'Content-Transfer-Encoding: quoted-printable\r\n')),
      TYPE,
      "in the transfer encoding 'quoted-printable'",
    ],
    ...['a', 'a===', 'a-_=', 'aGVs!', 'aG=s'].map((coded): [string, string, string, string] => [
      `with ${coded} for base64`,
      message(part('1', coded, 'Content-Transfer-Encoding: base64\r\n')),
      TYPE,
      'whose base64 is none',
    ]),
    ['of 1,001 parts', message(...Array.from({ length: 1_001 }, () => '\r\nx')), TYPE, 'of more than 1000 parts'],
  ])('%s', (_, text, type, why) => {
    expect(() => parts(text, type)).toThrow(SyntaxError)
    expect(() => parts(text, type)).toThrow(why)
  })

  test('of a thousand parts is not', () => {
    expect(parts(message(...Array.from({ length: 1_000 }, (_, n) => part(String(n), 'x'))))?.byId.size).toBe(1_000)
  })
})

describe('takes linear time', () => {
  const SIZE = 4_000_000
  test.each<[string, string, string?]>([
    ['nearly boundaries', '--b'.repeat(SIZE / 3)],
    ['boundaries with something behind', '\n--bx'.repeat(SIZE / 5)],
    ['blanks behind a boundary', `--b${' '.repeat(SIZE)}x`],
    ['boundaries with blanks', `\n--b${' '.repeat(100)}x`.repeat(SIZE / 100)],
    [
      'blanks in header fields',
      message(...Array.from({ length: 900 }, () => `Content-ID: a${' '.repeat(16_000)}b\r\n\r\n`)),
    ],
    ['colons', message(...Array.from({ length: 900 }, () => `${':'.repeat(16_000)}\r\n\r\n`))],
    ['line ends', message('\r\n'.repeat(SIZE / 2))],
    ['folds', message(...Array.from({ length: 900 }, () => `a:${'\r\n '.repeat(5_000)}\r\n\r\n`))],
    ['bad base64', message(part('1', `${'a'.repeat(SIZE)}!`, 'Content-Transfer-Encoding: base64\r\n'))],
    ['dashes', '-'.repeat(SIZE), `multipart/related; boundary=${'-'.repeat(68)}`],
    ['parameters', '', `multipart/related${'; a="'.repeat(100_000)}`],
    ['blanks in parameters', '', `multipart/related;${' '.repeat(100_000)}x`],
    ['semicolons', '', `multipart/related${' ;'.repeat(100_000)}`],
  ])('with %s', (_, text, type = TYPE) => {
    const started = performance.now()
    try {
      parts(text, type)
    } catch (error) {
      expect(error).toBeInstanceOf(SyntaxError)
    }
    // Squared it would be minutes; a busy machine makes seconds of what takes a fifth of one.
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})

describe('a document in a message', () => {
  const XOP = 'http://www.w3.org/2004/08/xop/include'
  const include = (href: string) => `<xop:Include xmlns:xop="${XOP}" href="${href}"/>`
  const document = (content: string) =>
    `Content-Type: application/xop+xml; charset=utf-8; type="text/xml"\r\n\r\n<a>${content}</a>`
  const decode = xmlDecoder(z.object({ data: z.array(xml.bytes()) }))
  const read = (text: string, ...more: string[]) =>
    decode(Buffer.from(message(document(text), ...more), 'latin1'), TYPE)

  test('has its attachments as bytes, beside what is in it as base64', () => {
    const text = `<data>${include('cid:1%40x')}</data><data>aGk=</data><data> ${include('cid:2')}\n</data><data/>`
    const bytes = (content: string) => new Uint8Array(Buffer.from(content))
    const { data } = read(text, part('1@x', 'one'), part('2', 'aGk=', 'Content-Transfer-Encoding: base64\r\n')) as {
      data: Uint8Array[]
    }
    expect(data).toEqual([bytes('one'), bytes('hi'), bytes('hi'), bytes('')])
    expect(JSON.stringify(data)).toBe('["b25l","aGk=","aGk=",""]')
  })

  test('has the charset of its part', () => {
    const text = message('Content-Type: text/xml; charset=iso-8859-1\r\n\r\n<a>\xfc</a>')
    expect(xmlDecoder(z.string())(Buffer.from(text, 'latin1'), TYPE)).toBe('ü')
  })

  test.each([
    ['of a part that is not there', '<data>cid</data>', include('cid:9'), 'backend-shape', /part of the message/],
    ['of a page in the network', '', include('http://127.0.0.1/x'), 'backend-shape', /part of the message/],
    ['without an address', '', `<x:Include xmlns:x="${XOP}"/>`, 'backend-shape', /part of the message/],
    ['with a broken address', '', include('cid:%zz%'), 'backend-shape', /part of the message/],
    ['beside text', '', `x${include('cid:1')}`, 'backend-shape', /text was expected/],
  ] as const)('is refused with an attachment %s', (_, __, content, code, why) => {
    const error = failureOf(() => read(`<data>${content}</data>`, part('1', 'one')))
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(why)])
  })

  test('that is no message is malformed', () => {
    const error = failureOf(() => decode(Buffer.from('<a/>'), TYPE))
    expect([error.code, error.message]).toEqual([
      'backend-malformed',
      'the answer is not well-formed XML: a multipart message without its boundary',
    ])
  })
})
