import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { vocabulary as xml, xmlDecoder, xmlEncoder } from '../../../../src/codec/xml/index.ts'
import { failureOf } from '../../support/failure.ts'
import { misshapen, read, refusedAt, XSI } from '../../support/xml.ts'

const cdata = (text: string) => `<![CDATA[${text}]]>`
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const data = z.object({ id: xml.attr(z.string()), n: z.array(z.number()) })
const schema = z.object({ Data: xml.embedded(data, 'data') })
const document = '<data id="1 &amp; 2"><n>1</n><n>2</n></data>'
const expected = { Data: { id: '1 & 2', n: [1, 2] } }

describe('a document that is text within another is read', () => {
  test.each([
    ['from a CDATA section', cdata(document)],
    ['from escaped text', escaped(document)],
    [
      'from both in turn',
      `${escaped(document.slice(0, 9))}${cdata(document.slice(9, 20))}${escaped(document.slice(20))}`,
    ],
    ['from several CDATA sections', cdata(document.slice(0, 12)) + cdata(document.slice(12))],
    ['with white space around it', cdata(`\n  ${document}\n`)],
    ['with a declaration', cdata(`<?xml version="1.0"?>\n${document}`)],
    ['with white space before its declaration', cdata(`\n  <?xml version="1.0"?>${document}`)],
    ['whatever encoding it declares', cdata(`<?xml version="1.0" encoding="utf-16"?>${document}`)],
    ['whatever encoding it declares, known or not', cdata(`<?xml version="1.0" encoding="x-klingon"?>${document}`)],
    ['with a DOCTYPE', cdata(`<!DOCTYPE data>${document}`)],
    ['with a byte-order mark', `\ufeff${escaped(document)}`],
  ])('%s', (_, content) => {
    expect(read(schema, `<r><Data>${content}</Data></r>`)).toEqual(expected)
  })

  test('with characters that the encoding of the outer one has', () => {
    const outer = Buffer.from(`<r><Data>${cdata('<data id="é"/>')}</Data></r>`, 'latin1')
    expect(read(schema, outer, { contentType: 'text/xml; charset=iso-8859-1' })).toEqual({ Data: { id: 'é', n: [] } })
  })

  test('whatever its root is named, and in whatever namespace', () => {
    const content = cdata('<x:anything xmlns:x="urn:x" id="1"><x:n>1</x:n></x:anything>')
    expect(read(schema, `<r><Data>${content}</Data></r>`)).toEqual({ Data: { id: '1', n: [1] } })
  })

  test('and namespaces of the outer one mean nothing in it', () => {
    const outer = `<r xmlns:p="urn:p"><Data>${cdata('<p:data id="1"/>')}</Data></r>`
    expect(failureOf(() => read(schema, outer)).message).toContain("the prefix 'p' is not declared")
  })

  test('in a document in a document', () => {
    const inner = z.object({ Data: xml.embedded(schema) })
    const text = escaped(`<r><Data>${escaped(document)}</Data></r>`)
    expect(read(inner, `<r><Data>${text}</Data></r>`)).toEqual({ Data: expected })
  })

  test('as each element of a list, as plain text or as a list', () => {
    const several = z.object({
      d: z.array(xml.embedded(z.number())),
      w: xml.embedded(xml.wrapped(z.array(z.string()), { item: 'i' })),
    })
    const content = `<d>${cdata('<a>1</a>')}</d><d>${cdata('<b>2</b>')}</d><w>${cdata('<w><i>3</i></w>')}</w>`
    expect(read(several, `<r>${content}</r>`)).toEqual({ d: [1, 2], w: ['3'] })
  })
})

describe('where there is none', () => {
  test.each(['', '  \n ', '<![CDATA[]]>', '<!-- -->'])('text like %j is nothing', (content) => {
    const text = `<r><Data>${content}</Data></r>`
    expect(refusedAt(schema, text)).toEqual(['Data'])
    expect(read(z.object({ Data: xml.embedded(data).optional() }), text)).toEqual({})
    expect(read(z.object({ Data: xml.embedded(data.optional()) }), text)).toEqual({})
    expect(read(z.object({ Data: xml.embedded(data).default({ id: 'd', n: [] }) }), text)).toEqual({
      Data: { id: 'd', n: [] },
    })
  })

  test('nil is null', () => {
    const nullable = z.object({ Data: xml.embedded(data).nullable() })
    expect(read(nullable, `<r xmlns:i="${XSI}"><Data i:nil="true"/></r>`)).toEqual({ Data: null })
  })
})

describe('what is wrong in it', () => {
  test.each([
    ['plain text', 'Service Unavailable', 'line 1, column 1: text before the root element'],
    [
      'a document that is not well-formed',
      '<data>\n<n>1</data>',
      "line 2, column 5: an end tag that is not the one of 'n'",
    ],
    ['two documents', '<data id="1"/><data id="2"/>', 'line 1, column 15: a second root element'],
    [
      'an entity',
      '<!DOCTYPE d [<!ENTITY x "y">]><d/>',
      'line 1, column 14: an entity is declared, and entities are not read',
    ],
  ])('is refused: %s', (_, content, reason) => {
    const failure = failureOf(() => read(schema, `<r>\n\n<Data>${cdata(content)}</Data></r>`))
    expect([failure.code, failure.message]).toEqual([
      'backend-shape',
      `Data: the text is no document that can be read: ${reason}`,
    ])
  })

  test('elements are no text, and two are no one', () => {
    expect(misshapen(schema, `<r><Data>${document}</Data></r>`)).toBe('Data: text was expected, and there are elements')
    expect(misshapen(schema, '<r><Data/><Data/></r>')).toBe('Data: one element was expected, and there are more')
  })

  test('is bounded as the outer one is', () => {
    const deep = cdata('<a>'.repeat(10) + '</a>'.repeat(10))
    const any = z.object({ Data: xml.embedded(z.object({})) })
    expect(read(any, `<r><Data>${deep}</Data></r>`, { limits: { depth: 10 } })).toEqual({ Data: {} })
    expect(failureOf(() => read(any, `<r><Data>${deep}</Data></r>`, { limits: { depth: 9 } })).message).toContain(
      'more than 9 elements within each other',
    )
  })

  test('has the path from the outside', () => {
    const inner = z.object({ Data: xml.embedded(z.object({ a: z.object({ x: z.string() }) })) })
    expect(misshapen(inner, `<r><Data>${cdata('<d><a><x/><x/></a></d>')}</Data></r>`)).toBe(
      'Data.a.x: one element was expected, and there are more',
    )
  })
})

describe('it is written', () => {
  test('as text, with the name that is said for its root', () => {
    const { body } = xmlEncoder(schema, { local: 'r', ns: 'urn:r' })({ Data: { id: '"<', n: [1] } })
    expect(body).toContain(
      '<r xmlns="urn:r"><Data>&lt;data id="&amp;quot;&amp;lt;"&gt;&lt;n&gt;1&lt;/n&gt;&lt;/data&gt;</Data></r>',
    )
    expect(read(schema, String(body))).toEqual({ Data: { id: '"<', n: [1] } })
  })

  test('not at all where it is missing, as nil where it is null', () => {
    const maybe = z.object({ Data: xml.embedded(data, 'data').nullish() })
    const write = xmlEncoder(maybe, { local: 'r', ns: '' })
    expect(write({}).body).toContain('<r/>')
    expect(write({ Data: null }).body).toContain('<Data xmlns:xsi=')
  })

  test('only where its root has a name, which the start says', () => {
    expect(() => xmlDecoder(z.object({ a: xml.embedded(data) }))).not.toThrow()
    expect(() => xmlEncoder(z.object({ a: xml.embedded(data) }), { local: 'r', ns: '' })).toThrow(
      'the schema at a is written as a document of its own, whose root needs a name: xml.embedded(schema, root)',
    )
  })
})

test('a large document within a document is read in slices too', async () => {
  const schema = z.object({ inner: xml.embedded(z.object({ x: z.array(z.number()) })), after: z.string() })
  const inner = `<i>${'<x>1</x>'.repeat(50_000)}</i>`
  const document = Buffer.from(`<r><inner><![CDATA[${inner}]]></inner><after>y</after></r>`)
  let turns = 0
  const count = (): void => {
    turns++
    timer = setImmediate(count)
  }
  let timer = setImmediate(count)
  const read = (await xmlDecoder(schema)(document, undefined)) as z.output<typeof schema>
  clearImmediate(timer)
  expect([read.inner?.x.length, read.after]).toEqual([50_000, 'y'])
  expect(turns).toBeGreaterThan(3)
  const broken = Buffer.from(String(document).replace('</i>', '</j>'))
  await expect(xmlDecoder(schema)(broken, undefined)).rejects.toMatchObject({ code: 'backend-shape' })
})
