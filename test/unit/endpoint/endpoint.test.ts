import { describe, expect, test } from '@jest/globals'
import { endpoint, isEndpoint } from '../../../src/endpoint/endpoint.ts'
import { DefinitionError } from '../../../src/errors.ts'
import { testCall } from '../support/calls.ts'

const call = testCall<unknown, string>(async () => 'v')
const write = testCall<unknown, string>(async () => 'v', { name: 'pay', effect: 'write' })
const nothing = () => ({})
/** Says what the types would not let anybody say. */
const said =
  (...source: unknown[]) =>
  () =>
    (endpoint('GET /x').source('a', call, nothing).source as (...all: unknown[]) => unknown)(...source)

describe('a source', () => {
  test.each<[string, unknown[], string]>([
    ['without a name', ['', call, nothing], "the source '' must be named with letters and digits, a letter first"],
    ['named by a number, which would come first', ['1', call, nothing], "the source '1' must be named"],
    ['whose name no header could carry', ['a-b', call, nothing], "the source 'a-b' must be named"],
    ['with a blank in its name', ['a b', call, nothing], "the source 'a b' must be named"],
    ['named __proto__', ['__proto__', call, nothing], "the source '__proto__' must be named"],
    ['beyond ASCII', ['größe', call, nothing], "the source 'größe' must be named"],
    ...['params', 'query', 'body', 'headers', 'user'].map((name): [string, unknown[], string] => [
      `named ${name}`,
      [name, call, nothing],
      `'${name}' is a part of the request and cannot name a source`,
    ]),
    ['that is there already', ['a', call, nothing], "the source 'a' is already declared"],
    ['without a call', ['b', undefined, nothing], "the source 'b' has no call"],
    ['with something else for a call', ['b', async () => 1, nothing], "the source 'b' has no call"],
    ['without an input', ['b', call], "the source 'b' has no function"],
    ['with something else for an input', ['b', call, { id: 1 }], "the source 'b' has no function"],
    ['with needs but no input', ['b', call, ['a']], "the source 'b' has no function"],
    [
      'that needs what is not there',
      ['b', call, ['c'], nothing],
      "the source 'b' needs 'c', which is not declared before it",
    ],
    ['that needs itself', ['b', call, ['b'], nothing], "the source 'b' needs 'b', which is not declared before it"],
  ])('%s is refused, with the endpoint', (_, source, message) => {
    expect(said(...source)).toThrow(DefinitionError)
    expect(said(...source)).toThrow("endpoint 'GET /x': ")
    expect(said(...source)).toThrow(message)
  })

  test('that is a write is refused where the endpoint is cached', () => {
    const cached = endpoint('GET /x', { cache: { ttl: '1s' } })
    expect(() => cached.source('a', write, nothing)).toThrow(
      "endpoint 'GET /x': the source 'a' is a write, and a cached endpoint cannot have one",
    )
    expect(() => endpoint('POST /x').source('a', write, nothing)).not.toThrow()
  })
})

describe('an endpoint', () => {
  test('is not changed by what is said of it afterwards: each step is one of its own', () => {
    const base = endpoint('GET /x')
    const one = base.source('a', call, nothing)
    const two = base.source('b', call, nothing)
    expect([base, one, two].map(({ sources }) => sources.map(({ name }) => name))).toEqual([[], ['a'], ['b']])
    expect(Object.isFrozen(one)).toBe(true)
  })

  test('takes no more sources after its merge, and no second merge', () => {
    const merged = endpoint('GET /x')
      .source('a', call, nothing)
      .merge(({ a }) => ({ a }))
    expect(merged.shape?.({ a: 'x' })).toEqual({ a: 'x' })
    expect(Object.keys(merged)).not.toEqual(expect.arrayContaining(['source']))
    expect(Object.keys(merged)).not.toEqual(expect.arrayContaining(['merge']))
  })

  test('is known by its brand, whatever copy of Facet made it', () => {
    expect(isEndpoint(endpoint('GET /x'))).toBe(true)
    expect(isEndpoint({ [Symbol.for('facet.endpoint')]: true })).toBe(true)
    for (const other of [null, undefined, 'GET /x', {}, { route: 'GET /x', sources: [] }])
      expect(isEndpoint(other)).toBe(false)
  })
})
