import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { vocabulary as xml } from '../../../../src/codec/xml/index.ts'
import { read, refusedAt, XSI } from '../../support/xml.ts'

describe('a list', () => {
  const schema = z.object({ Invoice: z.array(z.object({ Number: z.string() })) })
  test.each([
    ['many elements', '<Invoice><Number>1</Number></Invoice><Invoice><Number>2</Number></Invoice>', ['1', '2']],
    ['one element', '<Invoice><Number>1</Number></Invoice>', ['1']],
    ['none', '', []],
    ['none but comments', '<!-- <Invoice/> -->', []],
    [
      'elements with others between them',
      '<Invoice><Number>1</Number></Invoice><x/><Invoice><Number>2</Number></Invoice><x/>',
      ['1', '2'],
    ],
  ])('of %s is a list', (_, content, numbers) => {
    const expected = { Invoice: numbers.map((number) => ({ Number: number })) }
    expect(read(schema, `<r>${content}</r>`)).toEqual(expected)
    expect(read(schema, `<r a="1">\n  ${content}\n</r>`)).toEqual(expected)
    if (content === '') expect(read(schema, '<r/>')).toEqual(expected)
  })

  test.each<[string, z.ZodType, unknown]>([
    ['that is optional is absent', z.array(z.string()).optional(), undefined],
    ['with a default is the default', z.array(z.string()).default(['x']), ['x']],
    ['that is nullable is empty', z.array(z.string()).nullable(), []],
    ['that is caught is empty, since nothing is wrong with it', z.array(z.string()).catch(['x']), []],
    ['that is readonly is empty', z.array(z.string()).readonly(), []],
    ['that is refined is empty', z.array(z.string()).refine(() => true), []],
    ['that is transformed is empty', z.array(z.string()).transform((list) => list.length), 0],
    ['that is optional no more is empty', z.array(z.string()).optional().nonoptional(), []],
    ['that is lazy is empty', z.lazy(() => z.array(z.string())), []],
    ['that is preprocessed is empty', z.preprocess((value) => value, z.array(z.string())), []],
  ])('without elements %s', (_, list, expected) => {
    expect(read(z.object({ x: list }), '<r/>')).toEqual(expected === undefined ? {} : { x: expected })
  })

  test('has as many elements as the schema allows', () => {
    const two = z.object({ x: z.array(z.string()).min(1).max(2) })
    expect(read(two, '<r><x>1</x></r>')).toEqual({ x: ['1'] })
    expect(refusedAt(two, '<r/>')).toEqual(['x'])
    expect(refusedAt(two, '<r><x/><x/><x/></r>')).toEqual(['x'])
    expect(refusedAt(z.object({ x: z.array(z.string()).nonempty() }), '<r/>')).toEqual(['x'])
  })

  test('of scalars, of numbers and of nothing but nil', () => {
    const lists = z.object({ a: z.array(z.string()), b: z.array(z.number()), c: z.array(z.string().nullable()) })
    const nil = '<c xsi:nil="true"/>'
    expect(read(lists, `<r xmlns:xsi="${XSI}"><a>x</a><b>1</b><b> 2 </b>${nil}</r>`)).toEqual({
      ...{ a: ['x'], b: [1, 2], c: [null] },
    })
  })

  test('of lists in elements of their own, or in one text each', () => {
    const schema = z.object({
      row: z.array(xml.wrapped(z.array(z.number()), { item: 'cell' })),
      line: z.array(xml.list(z.array(z.number()))),
    })
    expect(
      read(
        schema,
        '<r><row><cell>1</cell><cell>2</cell></row><row/><line>1 2</line><line/><row><cell>3</cell></row></r>',
      ),
    ).toEqual({ row: [[1, 2], [], [3]], line: [[1, 2], []] })
  })

  test('is one list, wherever its elements stand among those of another', () => {
    const two = z.object({ a: z.array(z.string()), b: z.array(z.object({ c: z.array(z.string()) })) })
    expect(read(two, '<r><b><c>1</c></b><a>2</a><a>3</a><b><c>4</c><c>5</c></b><a>6</a><b/></r>')).toEqual({
      a: ['2', '3', '6'],
      b: [{ c: ['1'] }, { c: ['4', '5'] }, { c: [] }],
    })
  })

  test('keeps leading zeros, and its order, in however many elements', () => {
    const numbers = Array.from({ length: 5_000 }, (_, index) => String(index).padStart(6, '0'))
    const document = `<r>${numbers.map((number) => `<x>${number}</x>`).join('\n')}</r>`
    expect(read(z.object({ x: z.array(z.string()) }), document)).toEqual({ x: numbers })
  })
})

describe('a list in an element of its own', () => {
  const lines = (schema: z.ZodType) => z.object({ Lines: schema })
  const wrapped = xml.wrapped(z.array(z.object({ id: z.string() })), { item: 'Line' })
  test.each<[string, unknown]>([
    ['<Lines><Line><id>1</id></Line><Line><id>2</id></Line></Lines>', [{ id: '1' }, { id: '2' }]],
    ['<Lines><Line><id>1</id></Line></Lines>', [{ id: '1' }]],
    ['<Lines>\n  <!-- none -->\n</Lines>', []],
    ['<Lines count="0"/>', []],
    ['<Lines>text<Other/><Line><id>1</id></Line></Lines>', [{ id: '1' }]],
  ])('%s', (content, expected) => {
    expect(read(lines(wrapped), `<r>${content}</r>`)).toEqual({ Lines: expected })
  })

  test('may be missing where it is optional, and is missed where it is not', () => {
    expect(refusedAt(lines(wrapped), '<r/>')).toEqual(['Lines'])
    expect(read(lines(wrapped.optional()), '<r/>')).toEqual({})
    expect(read(lines(wrapped.default([])), '<r/>')).toEqual({ Lines: [] })
  })

  test('has the names and namespaces that are said', () => {
    const schema = lines(xml.wrapped(z.array(z.number()), { item: 'i', itemNs: 'urn:i', name: 'List', ns: 'urn:l' }))
    const document = '<r xmlns:l="urn:l" xmlns:i="urn:i"><l:List><i:i>1</i:i><l:i>2</l:i><i>3</i></l:List><List/></r>'
    expect(read(schema, document)).toEqual({ Lines: [1] })
  })

  test('has its items in its own namespace, or in none, where none is said', () => {
    const schema = lines(xml.wrapped(z.array(z.number()), { item: 'i', ns: 'urn:l' }))
    expect(read(schema, '<r xmlns:l="urn:l"><l:Lines><l:i>1</l:i><i>2</i></l:Lines></r>')).toEqual({ Lines: [1, 2] })
  })

  const orders: [string, z.ZodType][] = [
    ['before', xml.wrapped(z.array(z.number()).min(1).nullable().default([7]), { item: 'i' })],
    ['after', xml.wrapped(z.array(z.number()), { item: 'i' }).min(1).nullable().default([7])],
    ['around, in two steps', xml.wrapped(z.array(z.number()).min(1), { item: 'i' }).nullable().default([7])],
  ]
  test.each(orders)('takes what is said of the list %s', (_, schema) => {
    expect(read(lines(schema), '<r><Lines><i>1</i></Lines></r>')).toEqual({ Lines: [1] })
    expect(read(lines(schema), '<r/>')).toEqual({ Lines: [7] })
    expect(read(lines(schema), `<r xmlns:xsi="${XSI}"><Lines xsi:nil="1"/></r>`)).toEqual({ Lines: null })
    expect(refusedAt(lines(schema), '<r><Lines/></r>')).toEqual(['Lines'])
  })

  test('can be the whole document', () => {
    expect(read(xml.wrapped(z.array(z.number()), { item: 'i' }), '<r><i>1</i><i>2</i></r>')).toEqual([1, 2])
  })
})

describe('a list in one text', () => {
  test.each<[string, z.ZodType, unknown]>([
    ['1 2 3', z.number(), [1, 2, 3]],
    [' 1\n\t2 \r\n', z.number(), [1, 2]],
    ['', z.number(), []],
    [' \n ', z.string(), []],
    ['007 1e5', z.string(), ['007', '1e5']],
    ['true 0', z.boolean(), [true, false]],
    ['a b', z.enum(['a', 'b']), ['a', 'b']],
    ['9007199254740993 -1', z.bigint(), [9007199254740993n, -1n]],
    ['2024-01-01', z.date(), [new Date('2024-01-01')]],
    ['1 auto', z.union([z.number(), z.literal('auto')]), [1, 'auto']],
    ['a\u00a0b', z.string(), ['a\u00a0b']],
  ])('%j', (text, item, expected) => {
    const list = xml.list(z.array(item))
    expect(read(z.object({ x: list }), `<r><x>${text}</x></r>`)).toEqual({ x: expected })
    expect(read(z.object({ x: xml.attr(list) }), `<r x="${text}"/>`)).toEqual({ x: expected })
    expect(read(z.object({ x: xml.text(list) }), `<r>${text}</r>`)).toEqual({ x: expected })
  })

  test('is refused at the item that does not fit', () => {
    expect(refusedAt(z.object({ x: xml.list(z.array(z.number())) }), '<r><x>1 two 3</x></r>')).toEqual(['x.1'])
  })

  const orders: [string, z.ZodType][] = [
    ['before', xml.list(z.array(z.number()).min(1).optional())],
    ['after', xml.list(z.array(z.number())).min(1).optional()],
  ]
  test.each(orders)('takes what is said of the list %s', (_, schema) => {
    expect(read(z.object({ x: schema }), '<r/>')).toEqual({})
    expect(read(z.object({ x: schema }), '<r><x>1</x></r>')).toEqual({ x: [1] })
    expect(refusedAt(z.object({ x: schema }), '<r><x/></r>')).toEqual(['x'])
  })
})
