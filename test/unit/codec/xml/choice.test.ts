import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { vocabulary as xml, xmlEncoder } from '../../../../src/codec/xml/index.ts'
import { misshapen, read, refusedAt, XSI } from '../../support/xml.ts'

describe('a choice', () => {
  const events = z.object({ events: xml.choice({ Debit: z.number(), Credit: z.number(), Note: z.string() }) })
  test('is a list in the order of the document', () => {
    expect(
      read(events, '<r><Credit>1</Credit><Debit>2</Debit><Credit>3</Credit><Note/><Debit>4</Debit></r>').events,
    ).toEqual([
      { name: 'Credit', value: 1 },
      { name: 'Debit', value: 2 },
      { name: 'Credit', value: 3 },
      { name: 'Note', value: '' },
      { name: 'Debit', value: 4 },
    ])
  })

  test.each([
    ['<r/>', []],
    ['<r>\n<!-- none -->\n</r>', []],
    ['<r><events/></r>', []],
    ['<r><Credit>1</Credit></r>', [{ name: 'Credit', value: 1 }]],
    ['<r>\n  <Credit>1</Credit>\n  text <x/>\n</r>', [{ name: 'Credit', value: 1 }]],
  ])('has nothing else in it: %j', (document, expected) => {
    expect(read(events, document)).toEqual({ events: expected })
  })

  test('is refused where one of its values is not what it should be', () => {
    expect(refusedAt(events, '<r><Credit>1</Credit><Debit>x</Debit></r>')).toEqual(['events.1.value'])
    expect(misshapen(z.object({ a: events }), '<r><a><Credit>1</Credit><Debit><x/></Debit></a></r>')).toBe(
      'a.events.1: text was expected, and there are elements',
    )
  })

  test('stands beside other elements and attributes, anywhere among them', () => {
    const schema = z.object({
      id: xml.attr(z.string()),
      head: z.string(),
      list: z.array(z.string()),
      c: xml.choice({ a: z.string(), b: z.number() }),
    })
    expect(read(schema, '<r id="1"><b>1</b><list>x</list><head>h</head><a>2</a><list>y</list><b>3</b></r>')).toEqual({
      id: '1',
      head: 'h',
      list: ['x', 'y'],
      c: [
        { name: 'b', value: 1 },
        { name: 'a', value: '2' },
        { name: 'b', value: 3 },
      ],
    })
  })

  test('may be of objects with attributes, of other choices in them, of lists, of what may be nil', () => {
    const schema = z.object({
      c: xml.choice({
        object: z.object({ id: xml.attr(z.string()), inner: xml.choice({ x: z.string(), y: z.string() }) }),
        wrapped: xml.wrapped(z.array(z.number()), { item: 'i' }),
        list: xml.list(z.array(z.number())),
        nil: z.string().nullable(),
        named: xml.element(z.string(), { name: 'Other', ns: 'urn:o' }),
      }),
    })
    const document = `<r xmlns:xsi="${XSI}" xmlns:o="urn:o"><list>1 2</list><object id="1"><y>1</y><x>2</x></object><wrapped><i>1</i></wrapped><o:Other>3</o:Other><nil xsi:nil="1"/><object id="2"/></r>`
    expect(read(schema, document).c).toEqual([
      { name: 'list', value: [1, 2] },
      {
        name: 'object',
        value: {
          id: '1',
          inner: [
            { name: 'y', value: '1' },
            { name: 'x', value: '2' },
          ],
        },
      },
      { name: 'wrapped', value: [1] },
      { name: 'named', value: '3' },
      { name: 'nil', value: null },
      { name: 'object', value: { id: '2', inner: [] } },
    ])
  })

  test('there may be two of them', () => {
    const schema = z.object({ one: xml.choice({ a: z.string(), b: z.string() }), two: xml.choice({ c: z.string() }) })
    expect(read(schema, '<r><c>1</c><a>2</a><c>3</c><b>4</b></r>')).toEqual({
      one: [
        { name: 'a', value: '2' },
        { name: 'b', value: '4' },
      ],
      two: [
        { name: 'c', value: '1' },
        { name: 'c', value: '3' },
      ],
    })
  })

  test('may be missing, or have a default, or be transformed', () => {
    const choice = xml.choice({ a: z.number() })
    expect(read(z.object({ c: choice.optional() }), '<r/>')).toEqual({})
    expect(read(z.object({ c: choice.default([{ name: 'a', value: 1 }]) }), '<r/>')).toEqual({
      c: [{ name: 'a', value: 1 }],
    })
    expect(read(z.object({ c: choice.nullable() }), '<r/>')).toEqual({ c: [] })
    const sum = choice.transform((items) => items.reduce((total, { value }) => total + value, 0))
    expect(read(z.object({ c: sum }), '<r><a>1</a><a>2</a></r>')).toEqual({ c: 3 })
    expect(read(z.object({ c: sum }), '<r/>')).toEqual({ c: 0 })
    expect(refusedAt(z.object({ c: choice.refine((items) => items.length > 0) }), '<r/>')).toEqual(['c'])
  })

  test('is written in the order of the list, whatever the order of the schema', () => {
    const write = xmlEncoder(events, { local: 'r', ns: '' })
    const value = {
      events: [
        { name: 'Note', value: 'a' },
        { name: 'Debit', value: 1 },
        { name: 'Note', value: '<' },
      ],
    }
    expect(write(value).body).toContain('<r><Note>a</Note><Debit>1</Debit><Note>&lt;</Note></r>')
    expect(write({ events: [] }).body).toContain('<r/>')
    const nullable = xmlEncoder(z.object({ c: xml.choice({ a: z.string() }).nullish() }), { local: 'r', ns: '' })
    expect([nullable({ c: null }).body, nullable({}).body]).toEqual([
      expect.stringContaining('<r/>'),
      expect.stringContaining('<r/>'),
    ])
  })
})

describe('mixed content', () => {
  const paragraph = z.object({
    lang: xml.attr(z.string()).optional(),
    content: xml.mixed({ b: z.string(), i: z.object({ id: xml.attr(z.string()) }) }),
  })
  test.each<[string, unknown[]]>([
    ['', []],
    ['text', ['text']],
    ['a<b>b</b>c<i id="1"/>d', ['a', { name: 'b', value: 'b' }, 'c', { name: 'i', value: { id: '1' } }, 'd']],
    [
      '<b>1</b><b>2</b>',
      [
        { name: 'b', value: '1' },
        { name: 'b', value: '2' },
      ],
    ],
    [' <b>1</b>\n', [' ', { name: 'b', value: '1' }, '\n']],
    ['a&amp;<![CDATA[<b>]]><!-- -->b', ['a&<b>b']],
    ['a<unknown>x<b>y</b></unknown>b', ['ab']],
    ['a<?p?><b/>', ['a', { name: 'b', value: '' }]],
  ])('%j is read in its order, with the text between', (content, expected) => {
    expect(read(paragraph, `<p>${content}</p>`)).toEqual({ content: expected })
    expect(read(paragraph, `<p lang="de">${content}</p>`)).toEqual({ lang: 'de', content: expected })
  })

  test('has no empty texts', () => {
    expect(read(paragraph, '<p><![CDATA[]]></p>')).toEqual({ content: [] })
    expect(read(paragraph, '<p><b/><![CDATA[]]><b/></p>').content).toHaveLength(2)
  })

  test('is written as it is read', () => {
    const write = xmlEncoder(paragraph, { local: 'p', ns: 'urn:p' })
    const value = {
      lang: 'de',
      content: ['a < ', { name: 'b', value: 'b' }, ' & ', { name: 'i', value: { id: '1' } }, '\r'],
    }
    const { body } = write(value)
    expect(body).toContain('<p xmlns="urn:p" lang="de">a &lt; <b>b</b> &amp; <i id="1"/>&#13;</p>')
    expect(read(paragraph, String(body))).toEqual(value)
  })

  test('may have itself in it', () => {
    const Text = z.object({
      get content() {
        return xml.mixed({ em: Text, br: z.object({}) })
      },
    })
    expect(read(Text, '<p>a<em>b<em>c</em></em><br/>d</p>')).toEqual({
      content: [
        'a',
        { name: 'em', value: { content: ['b', { name: 'em', value: { content: ['c'] } }] } },
        { name: 'br', value: {} },
        'd',
      ],
    })
  })
})
