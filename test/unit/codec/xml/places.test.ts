import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { vocabulary as xml } from '../../../../src/codec/xml/index.ts'
import { read, refusedAt, XML, XSI } from '../../support/xml.ts'

describe('attributes', () => {
  test('stand beside the text of an element', () => {
    const money = z.object({ currency: xml.attr(z.string()), value: xml.text(z.number()) })
    expect(read(z.object({ Amount: money }), '<r><Amount currency="EUR"> 13.37 </Amount></r>')).toEqual({
      Amount: { currency: 'EUR', value: 13.37 },
    })
  })

  test('are told by their namespace, whatever the prefix; without one they are in none', () => {
    const schema = z.object({
      plain: xml.attr(z.string(), { name: 'at' }),
      other: xml.attr(z.string(), { name: 'at', ns: 'urn:m' }),
      lang: xml.attr(z.string(), { ns: XML }),
    })
    const expected = { plain: '1', other: '2', lang: 'de' }
    expect(read(schema, '<r xmlns="urn:m" xmlns:m="urn:m" at="1" m:at="2" xml:lang="de"/>')).toEqual(expected)
    expect(read(schema, '<r xmlns:q="urn:m" q:at="2" xml:lang="de" at="1"/>')).toEqual(expected)
    expect(read(schema, '<q:r q:at="2" xml:lang="de" at="1" xmlns:q="urn:m"/>')).toEqual(expected)
    expect(refusedAt(schema, '<r xmlns:q="urn:n" q:at="2" lang="de" at="1"/>')).toEqual(['other', 'lang'])
  })

  test('may be missing where they are optional, inside or around', () => {
    const schema = z.object({ a: xml.attr(z.string().optional()), b: xml.attr(z.string()).optional() })
    expect(read(schema, '<r/>')).toEqual({})
    expect(read(schema, '<r a="1" b="2"/>')).toEqual({ a: '1', b: '2' })
    expect(read(z.object({ a: xml.attr(z.string()).nullish().default('x') }), '<r/>')).toEqual({ a: 'x' })
    expect(read(z.object({ a: xml.attr(z.number().default(1)) }), '<r/>')).toEqual({ a: 1 })
  })

  test('take what is said of their value before or after, or around a transform', () => {
    for (const part of [xml.attr(z.number().min(5)), xml.attr(z.number()).min(5)]) {
      expect(read(z.object({ a: part }), '<r a="5"/>')).toEqual({ a: 5 })
      expect(refusedAt(z.object({ a: part }), '<r a="4"/>')).toEqual(['a'])
    }
    const after = xml.attr(z.string(), { name: 'b' }).transform((text) => text.length)
    const before = xml.attr(
      z.preprocess((value) => value ?? 'none', z.string()),
      { name: 'b' },
    )
    const lazy = z.lazy(() => xml.attr(z.string(), { name: 'b' }))
    expect(read(z.object({ a: after }), '<r b="123"/>')).toEqual({ a: 3 })
    expect(read(z.object({ a: before }), '<r/>')).toEqual({ a: 'none' })
    expect(read(z.object({ a: xml.attr(lazy, { name: 'b' }) }), '<r b="1"/>')).toEqual({ a: '1' })
    expect(
      read(z.object({ a: xml.attr(z.string()).describe('an attribute').meta({ id: 'x-a' }) }), '<r a="1"/>'),
    ).toEqual({ a: '1' })
    expect(read(z.object({ a: xml.attr(z.string()).readonly().brand<'a'>() }), '<r a="1"/>')).toEqual({ a: '1' })
  })

  test('and elements of one name do not mix', () => {
    const schema = z.object({
      attribute: xml.attr(z.string(), { name: 'x' }),
      element: xml.element(z.string(), { name: 'x' }),
    })
    expect(read(schema, '<r x="1"><x>2</x></r>')).toEqual({ attribute: '1', element: '2' })
    expect(refusedAt(schema, '<r x="1"/>')).toEqual(['element'])
    expect(refusedAt(schema, '<r><x>1</x></r>')).toEqual(['attribute'])
  })

  test('are those of their own element only', () => {
    const each = z.object({ id: xml.attr(z.string()).optional() })
    const schema = z.object({ id: xml.attr(z.string()), a: z.array(each) })
    expect(read(schema, '<r id="1"><a id="2"/><a/><x id="3"/><a id="4"></a></r>')).toEqual({
      ...{ id: '1', a: [{ id: '2' }, {}, { id: '4' }] },
    })
  })

  test('however many there are, and whatever their order', () => {
    const names = Array.from({ length: 40 }, (_, index) => `a${index}`)
    const schema = z.object(Object.fromEntries(names.map((name) => [name, xml.attr(z.number())])))
    const document = `<r ${names
      .toReversed()
      .map((name) => `${name}="${name.slice(1)}"`)
      .join(' ')}/>`
    expect(Object.values(read(schema, document))).toEqual(names.map((_, index) => index))
  })

  test('one schema may be an attribute here and an element there', () => {
    const code = z.string()
    expect(read(z.object({ a: xml.attr(code, { name: 'code' }), code }), '<r code="1"><code>2</code></r>')).toEqual({
      ...{ a: '1', code: '2' },
    })
  })
})

describe('an element', () => {
  test('has another name or namespace where the schema says so', () => {
    const schema = z.object({
      total: xml.element(z.number(), { name: 'Grand-Total' }),
      extra: xml.element(z.string(), { name: 'X', ns: 'urn:x' }),
      none: xml.element(z.string().optional(), { name: 'X', ns: '' }),
      list: xml.element(z.array(z.string()), { name: 'Item', ns: 'urn:x', prefix: 'whatever' }),
    })
    expect(read(schema, '<r xmlns:p="urn:x"><Grand-Total>5</Grand-Total><p:X>1</p:X><p:Item>2</p:Item></r>')).toEqual({
      ...{ total: 5, extra: '1', list: ['2'] },
    })
    expect(read(schema, '<r xmlns:p="urn:x"><Item/><X>0</X><p:X>1</p:X><Grand-Total>5</Grand-Total></r>')).toEqual({
      ...{ total: 5, extra: '1', none: '0', list: [] },
    })
  })

  test('without a namespace of its own is in that of its parent, or in none', () => {
    const schema = z.object({ x: z.string().optional() })
    for (const text of ['<r xmlns="urn:u"><x>1</x></r>', '<p:r xmlns:p="urn:u"><p:x>1</p:x></p:r>', '<r><x>1</x></r>'])
      expect(read(schema, text)).toEqual({ x: '1' })
    expect(read(schema, '<p:r xmlns:p="urn:u"><x>1</x></p:r>')).toEqual({ x: '1' })
    expect(read(schema, '<r xmlns:p="urn:u"><p:x>1</p:x></r>')).toEqual({})
  })

  test('may have no name that the value has, and the other way round', () => {
    const schema = z.object({
      'first name': xml.element(z.string(), { name: 'first' }),
      '1': xml.attr(z.string(), { name: 'one' }),
    })
    expect(read(schema, '<r one="2"><first>1</first></r>')).toEqual({ 'first name': '1', '1': '2' })
  })

  const orders: [string, z.ZodType][] = [
    ['inside', xml.element(z.string().min(2).nullable().default('dd'), { name: 'y' })],
    ['around', xml.element(z.string(), { name: 'y' }).min(2).nullable().default('dd')],
  ]
  test.each(orders)('takes what is said of its value %s', (_, part) => {
    const schema = z.object({ x: part })
    expect(read(schema, '<r/>')).toEqual({ x: 'dd' })
    expect(read(schema, `<r xmlns:i="${XSI}"><y i:nil="1"/></r>`)).toEqual({ x: null })
    expect(refusedAt(schema, '<r><y>1</y></r>')).toEqual(['x'])
    expect(read(schema, '<r><y>12</y><x>3</x></r>')).toEqual({ x: '12' })
  })
})

describe('the namespace of all that is in an object', () => {
  const inner = z.object({
    a: z.string(),
    b: xml.element(z.string(), { ns: 'urn:other' }),
    c: xml.attr(z.string()).optional(),
  })
  const schema = z.object({ o: xml.namespace('urn:in', inner) })
  test('is that of its elements, whatever holds them, and not of its attributes', () => {
    expect(
      read(schema, '<r><o xmlns:i="urn:in" c="3"><i:a>1</i:a><b xmlns="urn:other">2</b><a>no</a></o></r>'),
    ).toEqual({ o: { a: '1', b: '2', c: '3' } })
    expect(refusedAt(schema, '<r xmlns="urn:out"><o><a/><b xmlns="urn:other"/></o></r>')).toEqual(['o.a'])
  })

  test('is not that of elements further inside, which are in their parent’s', () => {
    const deep = z.object({ o: xml.namespace('urn:in', z.object({ p: z.object({ q: z.string() }) })) })
    expect(read(deep, '<r><o><p xmlns="urn:in"><q>1</q></p></o></r>')).toEqual({ o: { p: { q: '1' } } })
    expect(refusedAt(deep, '<r><o><p xmlns="urn:in"><q xmlns="urn:x">1</q></p></o></r>')).toEqual(['o.p.q'])
  })

  test('may be none, and may be that of the whole document, of a choice or a list of objects', () => {
    const none = xml.namespace('', z.object({ a: z.string().optional() }))
    expect(read(none, '<r xmlns="u"><a xmlns="">1</a></r>')).toEqual({ a: '1' })
    expect(read(none, '<r xmlns="u"><a>1</a></r>')).toEqual({})
    const all = xml.namespace(
      'u',
      z.object({ c: xml.choice({ a: z.string() }), l: z.array(xml.namespace('v', z.object({ m: z.string() }))) }),
    )
    expect(read(all, '<r><a xmlns="u">1</a><l xmlns="u"><m xmlns="v">2</m></l></r>')).toEqual({
      ...{ c: [{ name: 'a', value: '1' }], l: [{ m: '2' }] },
    })
  })

  test('may be said around what wraps the object', () => {
    const o = z.object({ v: z.string() })
    const said = z.object({
      optional: xml.namespace('urn:n', o.optional()),
      list: xml.namespace('urn:n', z.array(o)),
      either: xml.namespace('urn:n', z.union([o, z.object({ w: z.string() })]).nullable()),
      record: xml.namespace('urn:n', z.record(z.string(), o)),
    })
    const v = '<v xmlns="urn:n">1</v>'
    expect(
      read(said, `<r><optional>${v}</optional><list>${v}</list><either>${v}</either><record><k>${v}</k></record></r>`),
    ).toEqual({ optional: { v: '1' }, list: [{ v: '1' }], either: { v: '1' }, record: { k: { v: '1' } } })
    expect(refusedAt(said, '<r><list><v xmlns="urn:m">1</v></list><either/><record/></r>')).toContain('list.0.v')
  })

  test('is said of one use, and not of the other', () => {
    const both = z.object({
      in: xml.namespace('urn:in', z.object({ v: z.string() })),
      out: z.object({ v: z.string() }),
    })
    expect(read(both, '<r><in><v xmlns="urn:in">1</v></in><out><v>2</v></out></r>')).toEqual({
      in: { v: '1' },
      out: { v: '2' },
    })
  })
})

describe('what is said', () => {
  test.each(['first name', '', '1st', 'a:b', '<x>', 'a\u0000', '-'])('cannot be the name %j', (name) => {
    for (const say of [xml.attr, xml.element])
      expect(() => say(z.string(), { name })).toThrow(`xml: '${name}' is not the name of an XML element or attribute`)
    expect(() => xml.wrapped(z.array(z.string()), { item: name })).toThrow('is not the name of an XML')
    expect(() => xml.embedded(z.string(), name)).toThrow('is not the name of an XML element or attribute')
  })

  test.each(['ä', '請求', '_', 'a.b-c', 'xmlFoo'])('can be the name %j', (name) => {
    expect(read(z.object({ x: xml.element(z.string(), { name }) }), `<r><${name}>1</${name}></r>`)).toEqual({ x: '1' })
  })

  test.each(['xml', 'xmlns', 'XML', 'xmlfoo', 'xsi', 'a:b', '', '1'])('cannot be the prefix %j', (prefix) => {
    expect(() => xml.element(z.string(), { ns: 'u', prefix })).toThrow(
      `xml: '${prefix}' is no prefix, or one that XML keeps`,
    )
  })

  test('cannot be a namespace of XML’s own, attributes like xml:lang apart', () => {
    const XMLNS = 'http://www.w3.org/2000/xmlns/'
    for (const ns of [XML, XMLNS]) {
      expect(() => xml.element(z.string(), { ns })).toThrow(`xml: the namespace '${ns}' is XML's own`)
      expect(() => xml.namespace(ns, z.object({}))).toThrow("is XML's own")
    }
    expect(() => xml.attr(z.string(), { ns: XMLNS })).toThrow("is XML's own")
    expect(() => xml.attr(z.string(), { ns: XML })).not.toThrow()
    expect(() => xml.choice({})).toThrow('xml: a choice has at least one element')
  })

  test("leaves the schema's own checks as they are", () => {
    expect(xml.attr(z.string().min(3)).safeParse('ab').success).toBe(false)
    expect(xml.element(z.number().max(1), { name: 'x' }).safeParse(2).success).toBe(false)
    expect(xml.text(z.enum(['a'])).safeParse('b').success).toBe(false)
    expect(xml.choice({ a: z.number() }).safeParse([{ name: 'a', value: 'x' }]).success).toBe(false)
    expect(xml.choice({ a: z.number() }).safeParse([{ name: 'b', value: 1 }]).success).toBe(false)
  })
})
