import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { vocabulary as xml } from '../../../../src/codec/xml/index.ts'
import { misshapen, read, refusedAt, XSI } from '../../support/xml.ts'

describe('a union of values', () => {
  test.each<[string, z.ZodType, unknown]>([
    ['5', z.union([z.number(), z.boolean()]), 5],
    ['true', z.union([z.number(), z.boolean()]), true],
    ['x', z.union([z.number(), z.string()]), 'x'],
    ['007', z.union([z.string(), z.number()]), '007'],
    ['5', z.union([z.literal('unbounded'), z.number()]), 5],
    ['unbounded', z.union([z.literal('unbounded'), z.number()]), 'unbounded'],
    ['unbounded', z.union([z.number(), z.enum(['unbounded', 'none'])]), 'unbounded'],
    ['', z.union([z.literal(''), z.number()]), ''],
    ['1', z.union([z.literal('1'), z.literal(2)]), '1'],
    ['2', z.union([z.literal('1'), z.literal(2)]), 2],
    ['5', z.union([z.undefined(), z.number()]), 5],
    ['5', z.union([z.number(), z.undefined()]), 5],
    ['5', z.union([z.null(), z.undefined(), z.number(), z.literal('x')]), 5],
    ['5', z.union([z.number()]), 5],
    ['2024-01-01', z.date().or(z.literal('never')), new Date('2024-01-01')],
    ['5', z.union([z.coerce.number(), z.literal('x')]), 5],
    ['x', z.union([z.coerce.number(), z.literal('x')]), 'x'],
    ['5', z.union([z.number(), z.union([z.boolean(), z.literal('x')])]), 5],
    ['x', z.union([z.number(), z.union([z.boolean(), z.literal('x')])]), 'x'],
  ])('%j', (text, schema, expected) => {
    expect(read(z.object({ v: schema, w: xml.attr(schema) }), `<r w="${text}"><v>${text}</v></r>`)).toEqual({
      ...{ v: expected, w: expected },
    })
  })

  test('makes nothing up where one of them coerces', () => {
    const schema = z.object({ v: z.union([z.coerce.number(), z.literal('x')]) })
    expect(misshapen(schema, '<r><v/></r>')).toBe('v: string or number was expected, and it is other text')
    expect(misshapen(schema, '<r/>')).toBe("v: the element 'v' is missing")
  })

  test('with undefined must be there all the same, as everywhere with zod', () => {
    expect(refusedAt(z.object({ v: z.union([z.undefined(), z.string()]) }), '<r/>')).toEqual(['v'])
    expect(read(z.object({ v: z.union([z.undefined(), z.array(z.string())]) }), '<r/>')).toEqual({ v: [] })
    expect(read(z.object({ v: z.union([z.string(), z.number().optional()]) }), '<r/>')).toEqual({})
  })
})

describe('a union of objects', () => {
  const line = z.object({ id: z.string() })
  const schema = z.discriminatedUnion('type', [
    z.object({ type: z.literal('invoice'), total: z.number(), Line: z.array(line) }),
    z.object({ type: z.literal('credit'), reason: z.string(), Line: z.array(line) }),
    z.object({ type: z.literal(3), total: z.literal('none') }),
  ])
  test.each([
    ['<type>invoice</type><total>5</total>', { type: 'invoice', total: 5, Line: [] }],
    [
      '<type>credit</type><reason>1</reason><Line><id>1</id></Line>',
      { type: 'credit', reason: '1', Line: [{ id: '1' }] },
    ],
    ['<total>none</total><type>3</type>', { type: 3, total: 'none' }],
  ])('is what the schema tells apart: %s', (content, expected) => {
    expect(read(schema, `<r>${content}</r>`)).toEqual(expected)
    expect(read(z.object({ d: z.array(schema) }), `<r><d>${content}</d><d>${content}</d></r>`)).toEqual({
      d: [expected, expected],
    })
  })

  test('is told apart by an attribute too', () => {
    const kind = <T extends string>(name: T) => xml.attr(z.literal(name))
    const shapes = z.discriminatedUnion('kind', [
      z.object({ kind: kind('circle'), r: z.number() }),
      z.object({ kind: kind('square'), side: z.number() }),
    ])
    expect(read(z.object({ shape: z.array(shapes) }), '<r><shape kind="square"><side>1</side></shape></r>')).toEqual({
      shape: [{ kind: 'square', side: 1 }],
    })
    expect(refusedAt(shapes, '<r kind="line"/>')).toEqual(['kind'])
  })

  test('without a mark is the first that fits', () => {
    const either = z.union([
      z.object({ Error: z.string() }),
      z.object({ Result: z.number(), Note: z.string().optional() }),
    ])
    expect(read(either, '<r><Result>1</Result></r>')).toEqual({ Result: 1 })
    expect(read(either, '<r><Error>x</Error></r>')).toEqual({ Error: 'x' })
  })

  test('without a mark, and with a list in one of them, is not that one where there is no such list', () => {
    const line = z.array(z.string())
    const either = z.union([
      z.object({ Error: line }),
      z.object({ Result: z.string(), Line: line }),
      z.object({ Line: line }),
    ])
    expect(read(either, '<r><Result>ok</Result><Line>1</Line></r>')).toEqual({ Result: 'ok', Line: ['1'] })
    expect(read(either, '<r><Error>1</Error><Error>2</Error></r>')).toEqual({ Error: ['1', '2'] })
    expect(refusedAt(either, '<r><Result>ok</Result></r>')).toEqual([''])
    const both = z.union([z.object({ Line: line, n: z.number() }), z.object({ Line: line })])
    expect([read(both, '<r/>'), read(both, '<r><n>1</n></r>')]).toEqual([{ Line: [] }, { Line: [], n: 1 }])
  })

  test('may have a choice in several of them, each with elements of its own', () => {
    const marked = z.discriminatedUnion('t', [
      z.object({ t: z.literal('a'), c: xml.choice({ x: z.string(), y: z.number() }) }),
      z.object({ t: z.literal('b'), c: xml.choice({ y: z.number(), z: z.string() }) }),
    ])
    expect(read(marked, '<r><t>b</t><z>1</z><y>2</y></r>')).toEqual({
      t: 'b',
      c: [
        { name: 'z', value: '1' },
        { name: 'y', value: 2 },
      ],
    })
    expect(read(marked, '<r><t>a</t></r>')).toEqual({ t: 'a', c: [] })
    expect(refusedAt(marked, '<r><t>a</t><z>1</z></r>')).toEqual(['c.0.name'])
  })

  test('or nothing', () => {
    const maybe = z.object({ a: z.union([z.object({ x: z.string() }), z.null()]).optional() })
    const nil = `<r><a xmlns:i="${XSI}" i:nil="true"/></r>`
    expect(read(maybe, '<r/>')).toEqual({})
    expect(read(maybe, nil)).toEqual({ a: null })
    expect(read(maybe, '<r><a><x>1</x></a></r>')).toEqual({ a: { x: '1' } })
  })

  test('may coerce numbers that only some alternatives have', () => {
    const some = z.discriminatedUnion('t', [
      z.object({ t: z.literal('a'), n: z.coerce.number() }),
      z.object({ t: z.literal('b') }),
    ])
    expect(read(some, '<r><t>b</t></r>')).toEqual({ t: 'b' })
    expect(read(some, '<r><t>a</t><n>1</n></r>')).toEqual({ t: 'a', n: 1 })
    expect(refusedAt(some, '<r><t>a</t></r>')).toEqual(['n'])
  })

  test('a strict alternative is given no lists of the others', () => {
    const strict = z.discriminatedUnion('t', [
      z.strictObject({ t: z.literal('a'), list: z.array(z.string()) }),
      z.strictObject({ t: z.literal('b') }),
    ])
    expect(read(strict, '<r><t>b</t></r>')).toEqual({ t: 'b' })
  })
})

describe('an intersection', () => {
  test('has what both sides have', () => {
    const both = z.intersection(
      z.object({ id: xml.attr(z.string()), a: z.array(z.string()), same: z.number() }),
      z.object({ b: z.object({ c: z.string() }), same: z.number() }),
    )
    expect(read(both, '<r id="1"><same>1</same><b><c>2</c></b></r>')).toEqual({
      id: '1',
      a: [],
      b: { c: '2' },
      same: 1,
    })
    expect(
      read(z.object({ x: z.object({ y: z.string() }).and(z.object({ z: z.string() })) }), '<r><x><y/><z/></x></r>'),
    ).toEqual({
      x: { y: '', z: '' },
    })
  })
})
