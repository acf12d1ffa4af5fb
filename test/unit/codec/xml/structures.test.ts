import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { vocabulary as xml } from '../../../../src/codec/xml/index.ts'
import { misshapen, read, refusedAt } from '../../support/xml.ts'

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
