import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { vocabulary as xml, xmlDecoder } from '../../../../src/codec/xml/index.ts'

const XSI = 'http://www.w3.org/2001/XMLSchema-instance'
function read<S extends z.ZodType>(schema: S, text: string): z.output<S> {
  return schema.parse(xmlDecoder(schema)(Buffer.from(text), undefined))
}

describe('attributes', () => {
  test('stand beside the text of an element', () => {
    const money = z.object({ currency: xml.attr(z.string()), value: xml.text(z.number()) })
    expect(read(z.object({ Amount: money }), '<r><Amount currency="EUR"> 13.37 </Amount></r>')).toEqual({
      Amount: { currency: 'EUR', value: 13.37 },
    })
  })

  test('are told by their namespace, whatever the prefix', () => {
    const schema = z.object({
      plain: xml.attr(z.string(), { name: 'at' }),
      other: xml.attr(z.string(), { name: 'at', ns: 'urn:m' }),
      lang: xml.attr(z.string(), { ns: 'http://www.w3.org/XML/1998/namespace' }),
    })
    const expected = { plain: '1', other: '2', lang: 'de' }
    expect(read(schema, '<r xmlns="urn:m" xmlns:m="urn:m" at="1" m:at="2" xml:lang="de"/>')).toEqual(expected)
    expect(read(schema, '<r xmlns:q="urn:m" q:at="2" xml:lang="de" at="1"/>')).toEqual(expected)
  })

  test('may be missing where they are optional, inside or around', () => {
    const schema = z.object({ a: xml.attr(z.string().optional()), b: xml.attr(z.string()).optional() })
    expect(read(schema, '<r/>')).toEqual({})
    expect(read(schema, '<r a="1" b="2"/>')).toEqual({ a: '1', b: '2' })
    expect(read(z.object({ a: xml.attr(z.string()).nullish().default('x') }), '<r/>')).toEqual({ a: 'x' })
  })

  test('and elements of one name do not mix', () => {
    const schema = z.object({
      attribute: xml.attr(z.string(), { name: 'x' }),
      element: xml.element(z.string(), { name: 'x' }),
    })
    expect(read(schema, '<r x="1"><x>2</x></r>')).toEqual({ attribute: '1', element: '2' })
    expect(schema.safeParse(xmlDecoder(schema)(Buffer.from('<r x="1"/>'), undefined)).success).toBe(false)
  })

  test('one schema may be an attribute here and an element there', () => {
    const code = z.string()
    expect(read(z.object({ a: xml.attr(code, { name: 'code' }), code }), '<r code="1"><code>2</code></r>')).toEqual({
      a: '1',
      code: '2',
    })
  })
})

describe('elements', () => {
  test('have another name or namespace where the schema says so', () => {
    const schema = z.object({
      total: xml.element(z.number(), { name: 'Grand-Total' }),
      extra: xml.element(z.string(), { name: 'X', ns: 'urn:x' }),
      none: xml.element(z.string().optional(), { name: 'X', ns: '' }),
    })
    expect(read(schema, '<r xmlns:p="urn:x"><Grand-Total>5</Grand-Total><p:X>1</p:X></r>')).toEqual({
      total: 5,
      extra: '1',
    })
    expect(read(schema, '<r xmlns:p="urn:x"><Grand-Total>5</Grand-Total><X>0</X><p:X>1</p:X></r>')).toEqual({
      total: 5,
      extra: '1',
      none: '0',
    })
  })

  test('are found in any namespace where the schema names none', () => {
    for (const text of ['<r xmlns="urn:u"><x>1</x></r>', '<r xmlns:p="urn:u"><p:x>1</p:x></r>', '<r><x>1</x></r>'])
      expect(read(z.object({ x: z.string() }), text)).toEqual({ x: '1' })
  })

  test('named like parts of every object are read like any other', () => {
    const schema = z.object({
      constructor: z.string(),
      toString: z.string().optional(),
      x: z.object({ valueOf: z.string() }),
    })
    expect(read(schema, '<r><constructor>1</constructor><x><valueOf>2</valueOf></x></r>')).toMatchObject({
      constructor: '1',
      x: { valueOf: '2' },
    })
    expect(schema.safeParse(xmlDecoder(schema)(Buffer.from('<r/>'), undefined)).success).toBe(false)
  })

  test('named __proto__ change no prototype, even where the schema has such a key', () => {
    const shape = JSON.parse('{"__proto__":1}')
    Object.defineProperty(shape, '__proto__', { value: z.object({ admin: z.string() }), enumerable: true })
    const value = xmlDecoder(z.object(shape))(Buffer.from('<r><__proto__><admin>1</admin></__proto__></r>'), undefined)
    expect((value as { admin?: unknown }).admin).toBeUndefined()
    expect(Object.keys(value as object)).toEqual(['__proto__'])
    expect(({} as { admin?: unknown }).admin).toBeUndefined()
  })
})

describe('nil', () => {
  const schema = z.object({
    Note: z.string().nullable(),
    At: z.date().nullish(),
    Sub: z.object({ x: z.string() }).nullable(),
  })
  test.each(['true', '1'])('%s is null, whatever the element would have held', (nil) => {
    const text = `<r xmlns:i="${XSI}"><Note i:nil="${nil}">left over</Note><At i:nil="${nil}"/><Sub i:nil="${nil}"/></r>`
    expect(read(schema, text)).toEqual({ Note: null, At: null, Sub: null })
  })

  test('false is none, and neither is an attribute of another namespace', () => {
    const one = z.object({ Note: z.string().nullable() })
    expect(read(one, `<r xmlns:i="${XSI}"><Note i:nil="false">a</Note></r>`)).toEqual({ Note: 'a' })
    expect(read(one, '<r><Note nil="true">a</Note></r>')).toEqual({ Note: 'a' })
    expect(read(one, '<r xmlns:i="urn:x"><Note i:nil="true"/></r>')).toEqual({ Note: '' })
  })

  test('where the schema has no null is refused with the path', () => {
    const parsed = z
      .object({ Note: z.string() })
      .safeParse(
        xmlDecoder(z.object({ Note: z.string() }))(Buffer.from(`<r xmlns:i="${XSI}"><Note i:nil="1"/></r>`), undefined),
      )
    expect(parsed.error?.issues.map(({ path }) => path)).toEqual([['Note']])
  })
})
