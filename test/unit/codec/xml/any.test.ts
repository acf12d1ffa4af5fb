import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { vocabulary as xml, xmlDecoder } from '../../../../src/codec/xml/index.ts'
import { failureOf } from '../../support/failure.ts'
import { decoded, read, XSI } from '../../support/xml.ts'

const content = '<b>007</b><b/>'
const value = { b: ['007', ''] }

describe('whatever is there may stand', () => {
  test.each<[string, z.ZodType, string, unknown]>([
    ['as an element', z.object({ a: xml.any(), z: z.string() }), `<a>${content}</a><z>1</z>`, { a: value, z: '1' }],
    [
      'as an element under z.any()',
      z.object({ a: z.any(), z: z.string() }),
      `<z>1</z><a>${content}</a>`,
      { a: value, z: '1' },
    ],
    ['as an element under z.unknown()', z.object({ a: z.unknown() }), `<a>${content}</a>`, { a: value }],
    [
      'as an element with another name',
      z.object({ a: xml.element(xml.any(), { name: 'A', ns: 'urn:a' }), a2: z.string() }),
      '<p:A xmlns:p="urn:a">1</p:A><a2>2</a2>',
      { a: '1', a2: '2' },
    ],
    ['in a list', z.object({ a: z.array(xml.any()) }), `<a>${content}</a><a>1</a>`, { a: [value, '1'] }],
    [
      'in a list in an element of its own',
      z.object({ a: xml.wrapped(z.array(z.any()), { item: 'i' }) }),
      `<a><i>${content}</i></a>`,
      { a: [value] },
    ],
    ['in a record', z.record(z.string(), z.unknown()), `<a>${content}</a><c>1</c>`, { a: value, c: '1' }],
    [
      'in a choice',
      z.object({ a: xml.choice({ x: xml.any(), y: z.string() }) }),
      `<y>1</y><x>${content}</x>`,
      {
        a: [
          { name: 'y', value: '1' },
          { name: 'x', value },
        ],
      },
    ],
    [
      'in text that is a document',
      z.object({ a: xml.embedded(xml.any()) }),
      `<a><![CDATA[<x>${content}</x>]]></a>`,
      { a: value },
    ],
    ['or be missing', z.object({ a: xml.any().optional() }), '', {}],
  ])('%s', (_, schema, inside, expected) => {
    expect(read(schema, `<r>${inside}</r>`)).toEqual(expected)
  })

  test('as the whole document', () => {
    expect(read(xml.any(), `<r>${content}</r>`)).toEqual(value)
    expect(read(z.any(), '<r>text</r>')).toBe('text')
  })

  test('and nil is null', () => {
    expect(read(z.object({ a: xml.any() }), `<r xmlns:i="${XSI}"><a i:nil="true">left over</a></r>`)).toEqual({
      a: null,
    })
  })
})

test('names that every object has change no prototype', () => {
  const raw = decoded(
    xml.any(),
    '<r><__proto__><polluted>1</polluted></__proto__><constructor>2</constructor></r>',
  ) as object
  expect((raw as { polluted?: unknown }).polluted).toBeUndefined()
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  expect(Object.getOwnPropertyDescriptor(raw, 'constructor')?.value).toBe('2')
})

test('what is not well-formed in it is refused, and the next document read', () => {
  const decode = xmlDecoder(z.object({ a: xml.any() }))
  for (let times = 0; times < 2; times++) {
    expect(failureOf(() => decode(Buffer.from('<r><a><b><c></b></a></r>'), undefined)).code).toBe('backend-malformed')
    expect(decode(Buffer.from(`<r><a>${content}</a></r>`), undefined)).toEqual({ a: value })
  }
})
