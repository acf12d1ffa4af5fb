import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { vocabulary as xml } from '../../../../src/codec/xml/index.ts'
import { decoded, read, refusedAt } from '../../support/xml.ts'

/** Names that every object has already, or that code may look for. */
const NAMES = [
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'isPrototypeOf',
  '__defineGetter__',
  '__lookupSetter__',
  'toJSON',
  'then',
  'length',
  'prototype',
  'name',
]

function unharmed(): void {
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  expect(String({})).toBe('[object Object]')
}

describe.each([...NAMES, '__proto__'])('what is named %s', (name) => {
  const polluting = `<${name}><polluted>1</polluted></${name}>`
  test('changes nothing where the schema does not know it', () => {
    const schema = z.object({ x: z.string() })
    expect(read(schema, `<r ${name}="1">${polluting}<x ${name}="2">1</x></r>`)).toEqual({ x: '1' })
    expect(read(z.looseObject({ x: z.string() }), `<r>${polluting}<x>1</x></r>`)).toEqual({ x: '1' })
    expect(decoded(z.object({}), `<${name}>${polluting}</${name}>`)).toEqual({})
    unharmed()
  })

  test('is the key of a record like any other, or none at all', () => {
    const value = read(
      z.record(z.string(), z.object({ polluted: z.string() })),
      `<r>${polluting}<x><polluted>2</polluted></x></r>`,
    )
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(Object.hasOwn(value, 'x')).toBe(true)
    if (Object.hasOwn(value, name)) expect(value[name]).toEqual({ polluted: '1' })
    else expect(name).toBe('__proto__')
    unharmed()
  })

  test('is a list of a record like any other, or none at all', () => {
    const raw = decoded(
      z.record(z.string(), z.array(z.string())),
      `<r><${name}>1</${name}><${name}>2</${name}></r>`,
    ) as object
    expect(Object.getOwnPropertyDescriptor(raw, name)?.value).toEqual(['1', '2'])
    expect(Object.getPrototypeOf(raw)).toBeNull()
    unharmed()
  })
})

describe.each(NAMES)('a schema with a property named %s', (name) => {
  test('reads it as an element, as an attribute, as a list, as text, as a choice', () => {
    expect(read(z.object({ [name]: z.string() }), `<r><${name}>1</${name}></r>`)).toEqual({ [name]: '1' })
    expect(read(z.object({ [name]: xml.attr(z.string()) }), `<r ${name}="1"/>`)).toEqual({ [name]: '1' })
    expect(read(z.object({ [name]: z.array(z.string()) }), `<r><${name}>1</${name}></r>`)).toEqual({ [name]: ['1'] })
    expect(read(z.object({ [name]: z.array(z.string()) }), '<r/>')).toEqual({ [name]: [] })
    expect(read(z.object({ [name]: xml.text(z.string()) }), '<r>1</r>')).toEqual({ [name]: '1' })
    expect(read(z.object({ [name]: xml.choice({ a: z.string() }) }), '<r><a>1</a></r>')).toEqual({
      [name]: [{ name: 'a', value: '1' }],
    })
    expect(read(z.object({ c: xml.choice({ [name]: z.string() }) }), `<r><${name}>1</${name}></r>`)).toEqual({
      c: [{ name, value: '1' }],
    })
    expect(
      read(z.object({ w: xml.wrapped(z.array(z.string()), { item: name }) }), `<r><w><${name}>1</${name}></w></r>`),
    ).toEqual({
      w: ['1'],
    })
  })

  test('misses it, rather than take what every object has', () => {
    expect(refusedAt(z.object({ [name]: z.string() }), '<r/>')).toEqual([name])
    expect(Object.keys(read(z.object({ [name]: z.string().optional() }), '<r/>'))).toEqual([])
    expect(refusedAt(z.object({ [name]: xml.attr(z.string()) }), '<r/>')).toEqual([name])
  })
})

test('an element or attribute named __proto__ can have another name in the value', () => {
  const schema = z.object({
    element: xml.element(z.object({ polluted: z.string() }), { name: '__proto__' }),
    attribute: xml.attr(z.string(), { name: '__proto__' }),
  })
  expect(read(schema, '<r __proto__="1"><__proto__><polluted>2</polluted></__proto__></r>')).toEqual({
    element: { polluted: '2' },
    attribute: '1',
  })
  unharmed()
})

test('nothing that is read has a prototype of its own', () => {
  const schema = z.object({
    a: z.array(z.object({ b: z.string() })),
    w: xml.wrapped(z.array(z.string()), { item: 'i' }),
    c: xml.choice({ x: z.object({}) }),
  })
  const raw = decoded(schema, '<r><a><b>1</b></a><w><i>1</i></w><x/></r>') as Record<string, object[]>
  const objects = [raw, ...(raw.a ?? []), ...(raw.c ?? [])]
  expect(objects.map((object) => Object.getPrototypeOf(object) === Object.prototype)).toEqual([true, true, true])
  expect(Object.getPrototypeOf(raw.w)).toBe(Array.prototype)
})
