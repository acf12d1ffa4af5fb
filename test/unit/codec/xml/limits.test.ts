import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { readDocument, type XmlLimits, xmlDecoder } from '../../../../src/codec/xml/index.ts'
import { failureOf, rejectionOf } from '../../support/failure.ts'
import { complaint, read } from '../../support/xml.ts'

const nested = (levels: number) => '<a>'.repeat(levels) + '</a>'.repeat(levels)
const attributes = (count: number, more = '') =>
  `<a ${more}${Array.from({ length: count }, (_, index) => `b${index}=""`).join(' ')}/>`
const siblings = (count: number) => `<a>${'<b/>'.repeat(count - 1)}</a>`

describe('each limit has a default, and says what it is', () => {
  test.each([
    ['depth', nested(512), nested(513), 'line 1, column 1537: more than 512 elements within each other'],
    ['attributes', attributes(256), attributes(257), 'line 1, column 1942: more than 256 attributes of one element'],
    [
      'attributes, declarations of namespaces among them',
      attributes(255, 'xmlns="u" '),
      attributes(256, 'xmlns="u" '),
      'line 1, column 1944: more than 256 attributes of one element',
    ],
    [
      "an element's name",
      `<${'a'.repeat(1024)}/>`,
      `<${'a'.repeat(1025)}/>`,
      'line 1, column 2: a name of more than 1024 bytes',
    ],
    [
      "an element's name, prefix and all",
      `<a:${'b'.repeat(1022)} xmlns:a="u"/>`,
      `<a:${'b'.repeat(1023)} xmlns:a="u"/>`,
      'line 1, column 2: a name of more than 1024 bytes',
    ],
    [
      'a name in bytes',
      `<${'é'.repeat(512)}/>`,
      `<${'é'.repeat(513)}/>`,
      'line 1, column 2: a name of more than 1024 bytes',
    ],
    [
      "an attribute's name",
      `<a ${'b'.repeat(1024)}="1"/>`,
      `<a ${'b'.repeat(1025)}="1"/>`,
      'line 1, column 4: a name of more than 1024 bytes',
    ],
    [
      "an instruction's target",
      `<a><?${'b'.repeat(1024)}?></a>`,
      `<a><?${'b'.repeat(1025)}?></a>`,
      'line 1, column 6: a name of more than 1024 bytes',
    ],
    [
      'a namespace, as a name',
      `<a xmlns:b="${'u'.repeat(1024)}"/>`,
      `<a xmlns:b="${'u'.repeat(1025)}"/>`,
      'line 1, column 4: a namespace of more than 1024 characters',
    ],
  ])('%s', (_, within, beyond, message) => {
    expect(complaint(within)).toBe('accepted')
    expect(complaint(beyond)).toBe(message)
  })

  test('elements in all', async () => {
    const decode = xmlDecoder(z.object({}))
    expect(await decode(Buffer.from(siblings(1_000_000)), undefined)).toEqual({})
    const failure = await rejectionOf(Promise.resolve(decode(Buffer.from(siblings(1_000_001)), undefined)))
    expect([failure.code, failure.message]).toEqual([
      'backend-malformed',
      'the answer is XML beyond its bounds: line 1, column 4000000: more than 1000000 elements',
    ])
  })
})

describe('each limit can be set', () => {
  test.each<[XmlLimits, string, string, string]>([
    [
      { depth: 2 },
      '<a><b/><b/></a>',
      '<a>\n<b><c/></b></a>',
      'line 2, column 4: more than 2 elements within each other',
    ],
    [
      { depth: 3 },
      '<a><b><c/></b></a>',
      '<a><b><c><d/></c></b></a>',
      'line 1, column 10: more than 3 elements within each other',
    ],
    [{ attributes: 1 }, '<a b="1"/>', '<a b="1" c="2"/>', 'line 1, column 10: more than 1 attributes of one element'],
    [{ elements: 3 }, '<a><b/><b/></a>', '<a><b/><b/>\n<b/></a>', 'line 2, column 1: more than 3 elements'],
    [{ nameLength: 3 }, '<abc/>', '<abcd/>', 'line 1, column 2: a name of more than 3 bytes'],
  ])('%j', (limits, within, beyond, message) => {
    expect(complaint(within, { limits })).toBe('accepted')
    expect(complaint(beyond, { limits })).toBe(message)
    const failure = failureOf(() => readDocument(Buffer.from(beyond), undefined, limits))
    expect([failure.code, failure.message]).toEqual([
      'backend-malformed',
      `the answer is XML beyond its bounds: ${message}`,
    ])
  })

  test.each<[XmlLimits, string]>([
    [{ depth: 600 }, nested(600)],
    [{ attributes: 10_000 }, attributes(10_000)],
    [{ nameLength: 5_000 }, `<${'a'.repeat(5_000)}/>`],
  ])('to more than the default: %j', (limits, document) => {
    expect(complaint(document, { limits })).toBe('accepted')
  })

  test('to no DOCTYPE at all', () => {
    const limits = { doctype: false }
    expect(complaint('<!DOCTYPE a><a/>', { limits })).toBe(
      'line 1, column 1: a DOCTYPE, which this document may not have',
    )
    expect(complaint('<a><![CDATA[<!DOCTYPE a>]]><!-- <!DOCTYPE a> --></a>', { limits })).toBe('accepted')
  })

  test('and holds for elements that the schema describes as for others, on every way that they are read', () => {
    const schema = z.object({ item: z.array(z.object({ name: z.string() })) })
    const items = (count: number) => `<r>${'<item><name>x</name></item>'.repeat(count)}</r>`
    const limits = { elements: 9 }
    expect(read(schema, items(4), { limits }).item).toHaveLength(4)
    expect(failureOf(() => read(schema, items(5), { limits })).message).toContain('more than 9 elements')
    expect(failureOf(() => read(schema, items(1), { limits: { depth: 2 } })).message).toContain(
      'more than 2 elements within',
    )
    expect(failureOf(() => read(schema, items(9), { limits: { depth: 2 } })).message).toContain(
      'more than 2 elements within',
    )
  })

  test('anew for every document', () => {
    const decode = xmlDecoder(z.object({}), { limits: { elements: 3 } })
    for (let count = 0; count < 5; count++) expect(decode(Buffer.from(siblings(3)), undefined)).toEqual({})
  })

  test('a limit that is undefined is the default', () => {
    const limits = { depth: undefined } as unknown as XmlLimits
    expect(complaint(nested(513), { limits })).toContain('more than 512 elements within each other')
  })

  test('a DOCTYPE of more than 262,144 bytes is beyond what is read in one step', () => {
    const doctype = (bytes: number) => `<!DOCTYPE r [${'<!ELEMENT a (b)>'.repeat(bytes / 16)}]><r/>`
    expect(complaint(doctype(240_000))).toBe('accepted')
    expect(complaint(doctype(300_000), { slicedAbove: Number.MAX_SAFE_INTEGER })).toContain(
      'a DOCTYPE of more than 262144 bytes',
    )
    expect(complaint(`<!DOCTYPE r><r>${'x'.repeat(300_000)}</r>`, { slicedAbove: Number.MAX_SAFE_INTEGER })).toBe(
      'accepted',
    )
  })
})
