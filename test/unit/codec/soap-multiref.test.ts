import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import type { SoapReading } from '../../../src/codec/soap.ts'
import { vocabulary as xml } from '../../../src/codec/xml/index.ts'
import { failureOf } from '../support/failure.ts'
import { decode, NS, SOAP_1_1, SOAP_1_2 } from '../support/soap.ts'

const ENC = 'http://schemas.xmlsoap.org/soap/encoding/'
const ENC_1_2 = 'http://www.w3.org/2003/05/soap-encoding'
const NAMES =
  `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" ` +
  `xmlns:soapenc="${ENC}"`
const STYLE = `s:encodingStyle="${ENC}"`

const envelope = (body: string) => `<s:Envelope xmlns:s="${SOAP_1_1}" ${NAMES}><s:Body>${body}</s:Body></s:Envelope>`
/** An answer in which values stand at the end of the body, as Axis sends it. */
const apart = (content: string, values: string) => envelope(`<n:r xmlns:n="${NS}" ${STYLE}>${content}</n:r>${values}`)

const place = z.object({ Hall: z.number() })
const read = (text: string | Buffer, schema: z.ZodType, reading: Partial<SoapReading> & { type?: string } = {}) =>
  decode(text, schema, { encoded: true, ...reading }).body
const refused = (text: string | Buffer, schema: z.ZodType = z.object({}), reading = {}) =>
  failureOf(() => read(text, schema, reading))

describe('values of an rpc/encoded answer', () => {
  test('that stand at the end of the body are read where they are referred to, as often as they are', () => {
    const text = apart(
      '<from href="#id0"/><to href="#id0"/>',
      `<multiRef id="id0" soapenc:root="0" ${STYLE} xsi:type="n:Place" xmlns:n="urn:t"><Hall xsi:type="xsd:int">3</Hall></multiRef>`,
    )
    expect(read(text, z.object({ from: place, to: place }))).toEqual({ from: { Hall: 3 }, to: { Hall: 3 } })
  })

  test('may stand where they were met first', () => {
    const text = apart('<from id="a"><Hall>3</Hall></from><to href="#a"/>', '')
    expect(read(text, z.object({ from: place, to: place }))).toEqual({ from: { Hall: 3 }, to: { Hall: 3 } })
  })

  test('may be text, nil, empty, or refer to others', () => {
    const text = apart(
      '<a href="#1"/><b href="#2"/><c href="#3"/><d href="#4"/>',
      '<x id="1">1 &lt; 2</x><x id="2" xsi:nil="true"/><x id="3"/><x id="4" href="#5"/><x id="5" href="#1"/>',
    )
    const schema = z.object({ a: z.string(), b: z.string().nullable(), c: z.string(), d: z.string() })
    expect(read(text, schema)).toEqual({ a: '1 < 2', b: null, c: '', d: '1 < 2' })
  })

  test('may come before the answer, with its namespace, and are not taken for it', () => {
    const text = envelope(
      `<n:r xmlns:n="${NS}" id="1"><Hall>1</Hall></n:r><n:r xmlns:n="${NS}" ${STYLE}><at href="#1"/></n:r>`,
    )
    expect(read(text, z.object({ at: place }))).toEqual({ at: { Hall: 1 } })
  })

  test('are arrays whose items are referred to one by one; types and sizes are not looked at', () => {
    const text = apart(
      '<list href="#0"/><plain soapenc:arrayType="xsd:string[2]" xsi:type="soapenc:Array"><item>a</item><item>b</item></plain>',
      '<multiRef id="0" soapenc:arrayType="n:Place[2]" xsi:type="soapenc:Array"><item href="#1"/><item href="#2"/></multiRef>' +
        '<multiRef id="1"><Hall>1</Hall></multiRef><multiRef id="2"><Hall>2</Hall></multiRef>',
    )
    const schema = z.object({
      list: xml.wrapped(z.array(place), { item: 'item' }),
      plain: xml.wrapped(z.array(z.string()), { item: 'item' }),
    })
    expect(read(text, schema)).toEqual({ list: [{ Hall: 1 }, { Hall: 2 }], plain: ['a', 'b'] })
  })

  test('keep their namespaces, their attributes and their language', () => {
    const text = apart(
      '<at href="#1"/>',
      '<m:x xmlns:m="urn:m" id="1" kind="k" m:of="o&quot;" xml:lang="de"><m:Hall>1</m:Hall></m:x>',
    )
    const schema = z.object({
      at: z.object({
        kind: xml.attr(z.string()),
        of: xml.attr(z.string(), { ns: 'urn:m' }),
        lang: xml.attr(z.string(), { ns: 'http://www.w3.org/XML/1998/namespace' }),
        Hall: xml.element(z.number(), { ns: 'urn:m' }),
      }),
    })
    expect(read(text, schema)).toEqual({ at: { kind: 'k', of: 'o"', lang: 'de', Hall: 1 } })
  })

  test('in a Fault are put in their place as well', () => {
    const text = envelope(
      `<s:Fault><faultcode>s:Server</faultcode><detail ${STYLE}><Missing href="#1"/></detail></s:Fault><x id="1">7</x>`,
    )
    const error = refused(text, z.object({}), { faults: { Missing: { detail: z.string() } } })
    expect(error.fault).toMatchObject({ name: 'Missing', detail: '7' })
  })

  test('of SOAP 1.2 are referred to by its own attributes', () => {
    const text = envelope(
      `<n:r xmlns:n="${NS}" s:encodingStyle="${ENC_1_2}" xmlns:e="${ENC_1_2}"><a e:id="1">7</a><b e:ref="1"/></n:r>`,
    )
    expect(read(text.replace(SOAP_1_1, SOAP_1_2), z.object({ b: z.string() }), { version: '1.2' })).toEqual({ b: '7' })
  })

  test('are found in two bytes a character', () => {
    const text = apart('<a href="#1"/>', '<x id="1">ü</x>')
    for (const wide of [Buffer.from(`\ufeff${text}`, 'utf16le'), Buffer.from(`\ufeff${text}`, 'utf16le').swap16()])
      expect(read(wide, z.object({ a: z.string() }))).toEqual({ a: 'ü' })
  })

  test('that are attachments are the bytes of their part', () => {
    const text = apart('<file href="cid:a%40b"/><again href="#1"/>', '<x id="1" href="cid:a@b"/>')
    const message = `--b\r\nContent-Type: text/xml\r\n\r\n${text}\r\n--b\r\nContent-ID: <a@b>\r\n\r\nhello\r\n--b--\r\n`
    const schema = z.object({ file: xml.bytes(), again: xml.bytes() })
    const bytes = new Uint8Array(Buffer.from('hello'))
    expect(read(message, schema, { type: 'multipart/related; boundary=b' })).toEqual({ file: bytes, again: bytes })
    expect(refused(message.replace('<a@b>', '<c>'), schema, { type: 'multipart/related; boundary=b' }).message).toBe(
      'the answer refers to a part of the message that is not there',
    )
  })
})

describe('a message is left alone', () => {
  const literal = `<n:r xmlns:n="${NS}"><a href="#1">here</a><b id="1">there</b></n:r>`
  const link = z.object({ a: z.object({ href: xml.attr(z.string()), text: xml.text(z.string()) }) })

  test.each([
    ['it does not say that it is encoded', envelope(literal)],
    ['it is encoded in another way', envelope(literal.replace('<b', '<b s:encodingStyle="urn:other"'))],
    ['nothing of it is referred to', envelope(literal.replace('#1', 'http://x/').replace('<b', `<b ${STYLE}`))],
  ])('where %s', (_, text) => {
    const href = text.includes('http://x/') ? 'http://x/' : '#1'
    expect(read(text, link)).toEqual({ a: { href, text: 'here' } })
  })

  test('where the style is not rpc', () => {
    const text = envelope(literal.replace('<b', `<b ${STYLE}`))
    expect(read(text, link, { encoded: false })).toEqual({ a: { href: '#1', text: 'here' } })
  })

  test('with its attachments, where it is literal', () => {
    const data = '<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:1"/>'
    const message = `--b\r\n\r\n${envelope(`<r xmlns="${NS}"><data>${data}</data></r>`)}\r\n--b\r\nContent-ID: <1>\r\n\r\n!\r\n--b--`
    expect(read(message, z.object({ data: xml.bytes() }), { type: 'multipart/related; boundary=b' })).toEqual({
      data: new Uint8Array([0x21]),
    })
  })
})

describe('a hostile answer', () => {
  test.each([
    ['to nothing', apart('<a href="#2"/>', '<x id="1"/>'), 'refers to a value that is not there'],
    ['to itself', apart('<a href="#1"/>', '<x id="1" href="#1"/>'), 'refers in a circle'],
    ['in a circle', apart('<a href="#1"/>', '<x id="1" href="#2"/><x id="2" href="#1"/>'), 'refers in a circle'],
    ['to what it is in', apart('<a id="1"><b href="#1"/></a>', ''), 'refers to a value from within that value'],
    [
      'to what it is in, by way of another',
      apart('<a href="#1"/>', '<x id="1"><b href="#2"/></x><x id="2"><c href="#1"/></x>'),
      'refers to a value from within that value',
    ],
  ])('that refers %s is refused', (_, text, message) => {
    const error = refused(text)
    expect([error.code, error.message]).toEqual(['backend-malformed', `the answer ${message}`])
  })

  test('cannot be doubled thirty times', () => {
    const values = Array.from({ length: 30 }, (_, n) => `<x id="${n}"><a href="#${n + 1}"/><a href="#${n + 1}"/></x>`)
    const text = apart('<a href="#0"/>', `${values.join('')}<x id="30">boom</x>`)
    const started = performance.now()
    expect(refused(text).message).toBe('the answer refers to more values than an answer may have')
    expect(performance.now() - started).toBeLessThan(3_000)
  })

  test('cannot have one long value a thousand times', () => {
    const text = apart('<a href="#0"/>'.repeat(1_000), `<x id="0">${'x'.repeat(100_000)}</x>`)
    expect(refused(text).message).toBe('the answer refers to more values than an answer may have')
  })

  test('cannot go deeper than the limits by referring', () => {
    const chain = (length: number) => {
      const values = Array.from({ length }, (_, n) => `<x id="${n}"><a href="#${n + 1}"/></x>`)
      return apart('<a href="#0"/>', `${values.join('')}<x id="${length}"/>`)
    }
    const message = 'the answer has values within each other beyond its bounds'
    const limits = { depth: 1_000_000 }
    expect(refused(chain(600)).message).toBe(message)
    expect(read(chain(600), z.object({}), { limits })).toEqual({})
    expect(refused(chain(50_000), z.object({}), { limits }).message).toBe(message)
  })

  test('with many values takes linear time', async () => {
    const items = Array.from({ length: 50_000 }, (_, n) => `<item href="#i${n}"/>`)
    const values = Array.from({ length: 50_000 }, (_, n) => `<multiRef id="i${n}">${n}</multiRef>`)
    const schema = z.object({ list: xml.wrapped(z.array(z.number()), { item: 'item' }) })
    const started = performance.now()
    const body = await Promise.resolve(
      decode(apart(`<list>${items.join('')}</list>`, values.join('')), schema, { encoded: true }),
    )
    expect((body.body as { list: number[] }).list.at(-1)).toBe(49_999)
    expect(performance.now() - started).toBeLessThan(3_000)
  })
})
