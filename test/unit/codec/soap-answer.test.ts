import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { soapDecoder } from '../../../src/codec/soap.ts'
import { vocabulary as xml } from '../../../src/codec/xml/index.ts'
import type { ErrorCode } from '../../../src/errors.ts'
import { failureOf, rejectionOf } from '../support/failure.ts'
import { decode, envelope, NS, SOAP_1_1, SOAP_1_2 } from '../support/soap.ts'

const invoices = z.object({ Invoice: z.array(z.object({ status: xml.attr(z.string()), Number: z.string() })) })
const answer = (inner: string) => envelope(`<GetInvoicesResponse xmlns="${NS}">${inner}</GetInvoicesResponse>`)
const ONE = '<Invoice status="open"><Number>01</Number></Invoice>'
const READ = { Invoice: [{ status: 'open', Number: '01' }] }

describe('an answer', () => {
  test.each([
    ['by default', `<GetInvoicesResponse xmlns="${NS}">${ONE}</GetInvoicesResponse>`],
    ['by prefix', `<b:X xmlns:b="${NS}"><b:Invoice status="open"><b:Number>01</b:Number></b:Invoice></b:X>`],
    ['with unqualified children', `<b:X xmlns:b="${NS}">${ONE}</b:X>`],
    ['after white space and a comment', `\n <!-- - --> <X xmlns="${NS}">${ONE}</X>\n`],
    ['after one that is in another', `<Y xmlns="urn:y"/><X xmlns="${NS}">${ONE}</X>`],
  ])('is what is in the first element of the body that is in the namespace: %s', (_, body) => {
    expect(decode(envelope(body), invoices).body).toEqual(READ)
  })

  test('may have a header, any prefix, and other things beside the body', () => {
    const text = `<Envelope xmlns="${SOAP_1_1}"><Header><t xmlns="urn:t">1</t></Header><Body><r xmlns="${NS}"/></Body><x/></Envelope>`
    expect(decode(text, invoices).body).toEqual({ Invoice: [] })
  })

  test('of version 1.2 is one for an operation of version 1.2', () => {
    const text = answer(ONE).replace(SOAP_1_1, SOAP_1_2)
    expect(decode(text, invoices, { version: '1.2' }).body).toEqual(READ)
  })

  test('is decoded by its charset', () => {
    const text = answer('<Invoice status="o"><Number>Müller &#321;</Number></Invoice>')
    const bytes = Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${text}`, 'latin1')
    expect(decode(bytes, invoices, { type: 'text/xml' }).body).toEqual({
      Invoice: [{ status: 'o', Number: 'Müller Ł' }],
    })
  })

  test('is the named element where it matters which one it is', () => {
    const named = { answer: { name: 'Bare', ns: 'urn:bare' } }
    const text = envelope('<Other xmlns="urn:bare">1</Other><b:Bare xmlns:b="urn:bare">2</b:Bare>')
    expect(decode(text, z.number(), named).body).toBe(2)
    expect(failureOf(() => decode(envelope('<Bare/>'), z.number(), named)).message).toBe(
      "the SOAP body does not have 'Bare' in the namespace 'urn:bare'",
    )
  })

  test('may be in no namespace where that is said', () => {
    expect(decode(envelope('<x:r xmlns:x="urn:x">1</x:r><r>2</r>'), z.number(), { answer: { ns: '' } }).body).toBe(2)
  })

  test('that is nil is null', () => {
    const nil = `<r xmlns="${NS}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>`
    expect(decode(envelope(nil), z.object({}).nullable()).body).toBeNull()
  })

  test('may be missing where its schema says so, and is not read where there is none', () => {
    expect(decode(envelope(''), invoices.optional()).body).toBeUndefined()
    expect(decode(envelope(`<r xmlns="${NS}">${ONE}</r>`), undefined).body).toBeUndefined()
    expect(decode('', undefined)).toEqual({ body: undefined, header: undefined })
  })

  test.each<[string, string, ErrorCode, RegExp]>([
    ['empty', '', 'backend-malformed', /empty/],
    ['blank', ' \n', 'backend-malformed', /not well-formed/],
    ['HTML', '<html><body/></html>', 'backend-malformed', /no SOAP envelope: .*'html', not 'Envelope'/],
    ['HTML with a DOCTYPE', '<!DOCTYPE html><html/>', 'backend-malformed', /DOCTYPE/],
    ['plain XML', '<Envelope><Body><x/></Body></Envelope>', 'backend-malformed', /no SOAP envelope: .*namespace ''/],
    ['of another version', answer(ONE).replace(SOAP_1_1, SOAP_1_2), 'backend-malformed', /2003\/05\/soap-envelope/],
    ['an envelope alone', `<s:Envelope xmlns:s="${SOAP_1_1}"/>`, 'backend-malformed', /without a body/],
    [
      'a body in no namespace',
      `<s:Envelope xmlns:s="${SOAP_1_1}"><Body><x xmlns="${NS}"/></Body></s:Envelope>`,
      'backend-malformed',
      /without a body/,
    ],
    [
      'two bodies',
      answer(ONE).replace('</s:Envelope>', '<s:Body/></s:Envelope>'),
      'backend-malformed',
      /Body: one element was expected/,
    ],
    [
      'a header behind the body',
      answer(ONE).replace('</s:Envelope>', '<s:Header/></s:Envelope>'),
      'backend-malformed',
      /header behind its body/,
    ],
    [
      'two headers',
      answer(ONE).replace('<s:Body>', '<s:Header/><s:Header/><s:Body>'),
      'backend-malformed',
      /Header: one/,
    ],
    ['an empty body', envelope(''), 'backend-shape', /does not have an element in the namespace 'urn:acme/],
    ['cut off', answer('<Invoice>').slice(0, -20), 'backend-malformed', /not well-formed/],
    ['in the wrong namespace', envelope('<r xmlns="urn:other"/>'), 'backend-shape', /does not have an element in the/],
    ['in no namespace', envelope('<r/>'), 'backend-shape', /does not have an element in the namespace/],
    [
      'two of what is one',
      answer(`${ONE}${ONE.replace('01', '<a/>')}`),
      'backend-shape',
      /^Invoice\.1\.Number: text was/,
    ],
  ])('that is %s is refused', (_, text, code, message) => {
    const failure = failureOf(() => decode(text, invoices))
    expect([failure.code, failure.message]).toEqual([code, expect.stringMatching(message)])
  })
})

describe('a DOCTYPE', () => {
  const doctype = '<!DOCTYPE s:Envelope>'
  const refused = (text: string | Buffer, type?: string) =>
    failureOf(() => decode(text, invoices, type === undefined ? {} : { type }))

  test.each([
    doctype,
    `<?xml version="1.0"?>\n${doctype}`,
    `\ufeff<?xml version="1.0"?><!-- ?> --><?pi --> ?> ${doctype}`,
  ])('is refused, since no envelope may have one: %s', (prolog) => {
    expect(refused(prolog + answer(ONE)).message).toMatch(/a DOCTYPE, which this document may not have$/)
  })

  test('is refused in two bytes a character, and in a message of parts', () => {
    for (const mark of ['\ufeff', '']) {
      const wide = Buffer.from(`${mark}<?xml version="1.0" encoding="UTF-16LE"?>${doctype}${answer(ONE)}`, 'utf16le')
      expect(refused(wide, 'text/xml; charset=utf-16le').message).toMatch(/DOCTYPE/)
      expect(refused(wide.swap16(), 'text/xml; charset=utf-16be').message).toMatch(/DOCTYPE/)
    }
    const parts = `--b\r\nContent-Type: text/xml\r\n\r\n${doctype}${answer(ONE)}\r\n--b--`
    expect(refused(parts, 'multipart/related; boundary=b').message).toMatch(/DOCTYPE/)
  })

  test('in what is carried is text', () => {
    const page = `<!-- <!DOCTYPE x> --><Invoice status="<!DOCTYPE x>"><Number><![CDATA[<!DOCTYPE html>]]></Number></Invoice>`
    const text = `<!-- <!DOCTYPE x> -->${answer(page)}`.replace('"<!DOCTYPE', '"&lt;!DOCTYPE')
    expect(decode(text, invoices).body).toEqual({ Invoice: [{ status: '<!DOCTYPE x>', Number: '<!DOCTYPE html>' }] })
  })

  // In squared time it would be minutes; the bound leaves room for a machine that does much else.
  test('is looked for in linear time', async () => {
    const started = performance.now()
    for (const text of ['<?a?>', '<!---->', ' ', '<?', '<!--', '<!-- <?'])
      expect((await rejectionOf((async () => decode(text.repeat(400_000) + doctype, invoices))())).code).toBe(
        'backend-malformed',
      )
    expect(performance.now() - started).toBeLessThan(15_000)
  }, 30_000)
})

describe('the header of an answer', () => {
  const header = z.object({ Session: z.string(), Hint: z.array(z.number()) })
  const read = (text: string, schema: z.ZodType = header) =>
    decode(envelope(`<r xmlns="${NS}"/>`, { header: text }), z.object({}), { header: schema }).header

  test('is its blocks, by the service’s namespace or their own', () => {
    const text = `<b:Session xmlns:b="${NS}">7</b:Session><Session xmlns="urn:x">8</Session><Hint xmlns="${NS}">1</Hint>`
    expect(read(text)).toEqual({ Session: '7', Hint: [1] })
    const other = z.object({ Session: xml.element(z.string(), { ns: 'urn:x' }) })
    expect(read(text, other)).toEqual({ Session: '8' })
    expect(read('<Session>7</Session>')).toEqual({ Hint: [] })
  })

  test.each([
    ['a transform', (schema: z.ZodType) => schema.transform((value) => value)],
    ['optional', (schema: z.ZodType) => schema.optional()],
    ['readonly', (schema: z.ZodType) => schema.readonly()],
  ])('is found also where its schema is %s', (_, wrap) => {
    expect(read(`<Session xmlns="${NS}">7</Session>`, wrap(header))).toEqual({ Session: '7', Hint: [] })
  })

  test('may be a choice of blocks', () => {
    const choice = z.object({ any: xml.choice({ A: z.string(), B: z.number() }) })
    expect(read(`<x:B xmlns:x="${NS}">1</x:B><A>-</A><A xmlns="${NS}">a</A>`, choice)).toEqual({
      any: [
        { name: 'B', value: 1 },
        { name: 'A', value: 'a' },
      ],
    })
  })

  test('that is not there has no block, or is missing where it may be', () => {
    expect(read('')).toEqual({ Hint: [] })
    expect(read('', header.optional())).toBeUndefined()
    expect(decode('', undefined, { header })).toEqual({ body: undefined, header: { Hint: [] } })
    expect(failureOf(() => read('', z.object({ A: z.coerce.number() }))).code).toBe('backend-shape')
  })

  test('that must be understood and is not asked for is passed over', () => {
    const text = '<x:Security xmlns:x="urn:x" s:mustUnderstand="1"><x:Token/></x:Security>'
    expect(read(text, z.object({ Session: z.string().optional() }))).toEqual({})
  })

  test('may be huge, and is passed over as fast as anything else', () => {
    const text = `<x>${'<y a="b">text</y>'.repeat(200_000)}</x>`
    const started = performance.now()
    const read = soapDecoder({ version: '1.1', namespace: NS, body: z.object({}), faults: {} })
    return Promise.resolve(read(Buffer.from(envelope(`<r xmlns="${NS}"/>`, { header: text })), undefined)).then(
      ({ body }) => {
        expect(body).toEqual({})
        expect(performance.now() - started).toBeLessThan(2_000)
      },
    )
  })

  test('of anything but elements is refused', () => {
    const refused = z.object({ a: xml.attr(z.string()) })
    expect(() => decode('', undefined, { header: refused })).toThrow('at responseHeader is not an object of elements')
  })
})

describe('a long answer', () => {
  const many = answer(ONE.repeat(10_000))
  const read = (text: string) =>
    soapDecoder({ version: '1.1', namespace: NS, body: invoices, faults: {} })(Buffer.from(text), undefined)

  test('is read while others have their turn', async () => {
    const reading = read(many)
    expect(reading).toBeInstanceOf(Promise)
    expect(((await reading).body as z.output<typeof invoices>).Invoice).toHaveLength(10_000)
  })

  test.each<[string, string, ErrorCode]>([
    ['a Fault', envelope(`<s:Fault/>${ONE.repeat(10_000)}`), 'backend-fault'],
    ['not what was declared', many.replace('<Number>01</Number>', '<Number><a/></Number>'), 'backend-shape'],
    ['no envelope', `<x>${many}</x>`, 'backend-malformed'],
    ['cut off', many.slice(0, -5), 'backend-malformed'],
  ])('that is %s fails as a short one does', async (_, text, code) => {
    expect((await rejectionOf(Promise.resolve(read(text)))).code).toBe(code)
  })
})

test('an output that is a list is refused, since the body has one element', () => {
  expect(() => decode('', z.array(z.string()))).toThrow('at output is a list')
})

test('limits are those of the backend', () => {
  const limits = { depth: 3 }
  expect(failureOf(() => decode(answer(ONE), invoices, { limits })).message).toMatch(/beyond its bounds/)
})
