import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { endpoint } from '../../../src/endpoint/endpoint.ts'
import { type GatherBench, gatherBench } from '../support/gathering.ts'

let bench: GatherBench
beforeEach(() => {
  jest.useFakeTimers()
  bench = gatherBench()
})
afterEach(() => {
  expect(bench.left()).toEqual({ timers: 0, listeners: 0 })
  jest.useRealTimers()
})

const nothing = () => ({})

describe('a source starts', () => {
  test('at once where it needs nothing, beside the others', async () => {
    const page = endpoint('GET /x')
      .source('a', bench.call('a', { delay: 50 }), nothing)
      .source('b', bench.call('b', { delay: 20 }), nothing)
      .source('c', bench.call('c', { delay: 30 }), nothing)
    const running = bench.run(page)
    expect(bench.events).toEqual(['0 start a', '0 start b', '0 start c'])
    await jest.advanceTimersByTimeAsync(100)
    await running
    expect(bench.events.slice(3)).toEqual(['20 end b', '30 end c', '50 end a'])
  })

  test('the moment the sources that it needs have settled, and waits for no other', async () => {
    const page = endpoint('GET /x')
      .source('slow', bench.call('slow', { delay: 500 }), nothing)
      .source('quick', bench.call('quick', { delay: 10 }), nothing)
      .source('middle', bench.call('middle', { delay: 30 }), nothing)
      .source('afterQuick', bench.call('afterQuick', { delay: 10 }), ['quick'], nothing)
      .source('afterBoth', bench.call('afterBoth', { delay: 10 }), ['quick', 'middle'], nothing)
      .source('last', bench.call('last', { delay: 10 }), ['afterQuick', 'afterBoth'], nothing)
    const running = bench.run(page)
    await jest.advanceTimersByTimeAsync(600)
    await running
    expect(bench.events.filter((event) => event.includes('start'))).toEqual([
      ...['0 start slow', '0 start quick', '0 start middle'],
      ...['10 start afterQuick', '30 start afterBoth', '40 start last'],
    ])
  })

  test('exactly when the last of its needs has settled, in whatever graph', async () => {
    const graphs = fc.array(
      fc.record({ delay: fc.integer({ min: 0, max: 40 }), needs: fc.array(fc.nat({ max: 11 }), { maxLength: 4 }) }),
      { minLength: 1, maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(graphs, async (sources) => {
        bench = gatherBench()
        // biome-ignore lint/suspicious/noExplicitAny: the graph is made up at random, so its type is too
        let page: any = endpoint('GET /x')
        const ends: number[] = []
        const expected = sources.map(({ delay, needs }, index) => {
          const real = [...new Set(needs.filter((need) => need < index))]
          const begins = Math.max(0, ...real.map((need) => ends[need] as number))
          ends[index] = begins + delay
          page = page.source(
            `s${index}`,
            bench.call(`s${index}`, { delay }),
            real.map((need) => `s${need}`),
            nothing,
          )
          return `${begins} start s${index}`
        })
        const running = bench.run(page)
        await jest.advanceTimersByTimeAsync(40 * 12 + 10)
        await running
        expect(bench.events.filter((event) => event.includes('start')).toSorted()).toEqual(expected.toSorted())
        expect(bench.left()).toEqual({ timers: 0, listeners: 0 })
      }),
      { numRuns: 60 },
    )
  })

  test('with what it needs and the request, and nothing else', async () => {
    const seen: object[] = []
    const page = endpoint('GET /x/:id')
      .source('a', bench.call('a'), nothing)
      .source('b', bench.call('b'), nothing)
      .source('c', bench.call('c'), ['a'], (request) => {
        seen.push(request)
        return { of: request.a, id: request.params.id }
      })
      .source('d', bench.call('d'), (request) => {
        seen.push(request)
        return {}
      })
    await bench.run(page, { params: { id: '7' }, query: { q: 1 } })
    expect(bench.inputs.c).toEqual([{ of: 'a', id: '7' }])
    expect(seen).toEqual([
      { params: { id: '7' }, query: { q: 1 } },
      { params: { id: '7' }, query: { q: 1 }, a: 'a' },
    ])
  })
})

describe('what is gathered', () => {
  test('stands under the sources’ names in the order of declaration, whatever the order in which they end', async () => {
    const page = endpoint('GET /x')
      .source('z', bench.call('z', { delay: 50 }), nothing)
      .source('a', bench.call('a', { delay: 10 }), nothing)
      .source('m', bench.call('m', { delay: 5 }), ['z'], nothing)
      .source('b', bench.call('b'), nothing)
    const running = bench.run(page)
    await jest.advanceTimersByTimeAsync(100)
    const { data, partial } = await running
    expect(Object.entries(data)).toEqual(Object.entries({ z: 'z', a: 'a', m: 'm', b: 'b' }))
    expect(Object.keys(data)).toEqual(['z', 'a', 'm', 'b'])
    expect(partial).toEqual([])
  })

  test('for a client that reads some sources is those alone, with what they need fetched for them', async () => {
    const page = endpoint('GET /x')
      .source('a', bench.call('a'), nothing)
      .source('b', bench.call('b'), nothing)
      .source('c', bench.call('c'), ['b'], ({ b }) => ({ b }))
      .source('d', bench.call('d'), ['c'], nothing)
    const { data } = await bench.run(page, {}, ['c', 'a'])
    expect(Object.entries(data)).toEqual(Object.entries({ a: 'a', c: 'c' }))
    expect(bench.inputs).toEqual({ a: [{}], b: [{}], c: [{ b: 'b' }] })
    expect(bench.records.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  })

  test('of no sources is an empty record, at once', async () => {
    expect(await bench.run(endpoint('GET /x'))).toEqual({ data: {}, partial: [] })
  })

  test('may stand under names that every object has', async () => {
    const page = endpoint('GET /x')
      .source('constructor', bench.call('a'), nothing)
      .source('toString', bench.call('b'), ['constructor'], ({ constructor: made }) => ({ made }))
      .source('then', bench.call('c'), nothing)
    const { data } = await bench.run(page as never)
    expect(Object.entries(data)).toEqual([
      ['constructor', 'a'],
      ['toString', 'b'],
      ['then', 'c'],
    ])
    expect(bench.inputs.b).toEqual([{ made: 'a' }])
  })

  test('holds null, false and undefined as they were answered', async () => {
    const page = endpoint('GET /x')
      .source('a', bench.call<null>('a', { answer: null }), nothing)
      .source('b', bench.call<boolean>('b', { answer: false }), nothing)
      .source('c', bench.call('c'), ['a', 'b'], (request) => ({ ...request }))
    expect((await bench.run(page)).data).toEqual({ a: null, b: false, c: 'c' })
    expect(bench.inputs.c).toMatchObject([{ a: null, b: false }])
  })
})

describe('a source whose input is undefined', () => {
  test('is left out, and those that need it go on without it', async () => {
    const page = endpoint('GET /x')
      .source('a', bench.call('a'), () => undefined)
      .source('b', bench.call('b'), ['a'], ({ a }) => ({ a: a ?? 'none' }))
      .source('c', bench.call('c'), ['a'], ({ a }) => (a === undefined ? undefined : {}))
    const { data, partial } = await bench.run(page)
    expect(data).toEqual({ a: undefined, b: 'b', c: undefined })
    expect([Object.keys(data), partial]).toEqual([['a', 'b', 'c'], []])
    expect(bench.inputs).toEqual({ b: [{ a: 'none' }] })
    expect(bench.records.map(({ outcome }) => outcome)).toEqual(['skipped', 'ok', 'skipped'])
  })

  test('is not one whose input is null, empty or false', async () => {
    let page = endpoint('GET /x') as ReturnType<typeof endpoint>
    for (const [index, input] of [null, '', 0, false].entries())
      page = page.source(`s${index}` as 's', bench.call(`s${index}`), () => input) as never
    await bench.run(page)
    expect(bench.inputs).toEqual({ s0: [null], s1: [''], s2: [0], s3: [false] })
  })

  test('ends the whole at once where all are left out, however long the chain', async () => {
    // biome-ignore lint/suspicious/noExplicitAny: a chain of a thousand has no type worth writing
    let page: any = endpoint('GET /x').source('s0', bench.call('s0'), () => undefined)
    for (let i = 1; i < 1_000; i++) page = page.source(`s${i}`, bench.call(`s${i}`), [`s${i - 1}`], () => undefined)
    expect(Object.keys((await bench.run(page)).data)).toHaveLength(1_000)
  })
})

test('records tell how long each source took, from its own start', async () => {
  const page = endpoint('GET /x')
    .source('a', bench.call('a', { delay: 30 }), nothing)
    .source('b', bench.call('b', { delay: 20 }), ['a'], nothing)
  const running = bench.run(page)
  await jest.advanceTimersByTimeAsync(100)
  await running
  expect(bench.records).toEqual([
    { name: 'a', duration: 30, outcome: 'ok', code: undefined, cache: undefined },
    { name: 'b', duration: 20, outcome: 'ok', code: undefined, cache: undefined },
  ])
})
