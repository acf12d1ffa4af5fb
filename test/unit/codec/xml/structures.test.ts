import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { vocabulary as xml } from '../../../../src/codec/xml/index.ts'
import { misshapen, read, refusedAt, XSI } from '../../support/xml.ts'

describe('a record', () => {
  test.each<[string, z.ZodType, string, unknown]>([
    ['of texts', z.record(z.string(), z.string()), '<b>1</b><a>2</a>', { a: '2', b: '1' }],
    ['of numbers', z.record(z.string(), z.number()), '<b>1</b>', { b: 1 }],
    ['of objects', z.record(z.string(), z.object({ x: z.string() })), '<b><x>1</x></b>', { b: { x: '1' } }],
    [
      'of lists, each its own',
      z.record(z.string(), z.array(z.string())),
      '<a>1</a><b>2</b><a>3</a><b>4</b><b>5</b>',
      { a: ['1', '3'], b: ['2', '4', '5'] },
    ],
    ['of lists in one text', z.record(z.string(), xml.list(z.array(z.number()))), '<a>1 2</a>', { a: [1, 2] }],
    ['of records', z.record(z.string(), z.record(z.string(), z.string())), '<a><b>1</b></a>', { a: { b: '1' } }],
    ['whose names have prefixes', z.record(z.string(), z.string()), '<p:a xmlns:p="u">1</p:a>', { a: '1' }],
    ['of some keys', z.partialRecord(z.enum(['a', 'b']), z.string()), '<a>1</a>', { a: '1' }],
  ])('%s', (_, schema, content, expected) => {
    expect(read(z.object({ x: schema }), `<r><x>${content}</x></r>`)).toEqual({ x: expected })
    expect(read(schema, `<r>${content}</r>`)).toEqual(expected)
  })

  test('has each key once, and only keys that its schema takes', () => {
    expect(misshapen(z.object({ x: z.record(z.string(), z.string()) }), '<r><x><a/><b/><a/></x></r>')).toBe(
      'x.a: one element was expected, and there are more',
    )
    expect(refusedAt(z.record(z.enum(['a']), z.string()), '<r><a/><b/></r>')).toEqual([''])
    expect(refusedAt(z.record(z.string().max(2), z.string()), '<r><a/><bcd/></r>')).toEqual(['bcd'])
  })
})

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

  // BUG, reader.ts (`completed`): the empty list of one alternative is put into the others, where a strict one refuses it.
  test.failing('a strict alternative is given no lists of the others', () => {
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

describe('a schema that leads back to itself', () => {
  const Node = z.object({
    name: xml.attr(z.string()),
    get child() {
      return z.array(Node)
    },
    get next() {
      return Node.optional()
    },
  })
  test('by a getter', () => {
    expect(
      read(Node, '<r name="1"><child name="2"><child name="3"/></child><next name="4"/><child name="5"/></r>'),
    ).toEqual({
      name: '1',
      child: [
        { name: '2', child: [{ name: '3', child: [] }] },
        { name: '5', child: [] },
      ],
      next: { name: '4', child: [] },
    })
  })

  test('by a getter with another name, in another namespace, wrapped or chosen', () => {
    const Part = z.object({
      get sub() {
        return xml.element(Part, { name: 'Sub', ns: 'urn:s' }).optional()
      },
      get parts() {
        return xml.wrapped(z.array(xml.namespace('urn:p', Part)), { item: 'part' }).optional()
      },
      get either() {
        return xml.choice({ one: Part, other: z.number() })
      },
    })
    const document =
      '<r xmlns:s="urn:s" xmlns:p="urn:p"><s:Sub><other>1</other></s:Sub><parts><part><p:one><p:other>2</p:other></p:one></part></parts></r>'
    expect(read(Part, document)).toEqual({
      sub: { either: [{ name: 'other', value: 1 }] },
      parts: [{ either: [{ name: 'one', value: { either: [{ name: 'other', value: 2 }] } }] }],
      either: [],
    })
  })

  test('by z.lazy', () => {
    const Tree: z.ZodType = z.object({ v: z.number(), t: z.lazy(() => Tree.optional()) })
    expect(read(Tree, '<r><v>1</v><t><v>2</v></t></r>')).toEqual({ v: 1, t: { v: 2 } })
  })

  test('by a union of which it is a part', () => {
    const Leaf = z.object({ value: z.number() })
    const Sum = z.object({
      op: z.literal('+'),
      get left() {
        return z.union([Sum, Leaf])
      },
      get right() {
        return z.union([Sum, Leaf])
      },
    })
    const leaf = (name: string, value: number) => `<${name}><value>${value}</value></${name}>`
    expect(
      read(Sum, `<r><op>+</op><left><op>+</op>${leaf('left', 1)}${leaf('right', 2)}</left>${leaf('right', 3)}</r>`),
    ).toEqual({ op: '+', left: { op: '+', left: { value: 1 }, right: { value: 2 } }, right: { value: 3 } })
  })
})
