import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { parseArguments } from './arguments.ts'
import { firstDifference } from './difference.ts'
import { figures } from './figures.ts'
import { table } from './report.ts'
import { KINDS, pathOf } from './soak/kinds.ts'
import { figures as stampedeFigures, type Turn } from './stampede/turns.ts'
import { median, percentile, quartiles } from './statistics.ts'
import { responseReader } from './support/responses.ts'
import { inOrder, type Slice } from './turns.ts'

const known = { scenarios: ['json', 'xml'], contenders: ['limit', 'facet', 'express'] }

describe('the command line', () => {
  test('without options runs everything, for as long as each scenario thinks right', () => {
    expect(parseArguments([], known)).toEqual({
      seconds: undefined,
      connections: 16,
      scenarios: ['json', 'xml'],
      contenders: ['limit', 'facet', 'express'],
      json: false,
      help: false,
    })
  })

  test('takes comma lists and repeated options, in the known order and without duplicates', () => {
    const options = parseArguments(['--only', 'xml,json', '--only=xml', '--contenders', 'express, limit'], known)
    expect(options).toMatchObject({ scenarios: ['json', 'xml'], contenders: ['limit', 'express'] })
  })

  test('takes the beginning of several names, unless it is a name itself', () => {
    const some = { ...known, scenarios: ['cacheHit', 'read-1k', 'read-50k', 'read-50k-latin', 'write-1k'] }
    const only = (...words: string[]) => parseArguments(['--only', words.join()], some).scenarios
    expect(only('read')).toEqual(['read-1k', 'read-50k', 'read-50k-latin'])
    expect(only('write', 'read-50')).toEqual(['read-50k', 'read-50k-latin', 'write-1k'])
    expect(only('read-50k')).toEqual(['read-50k'])
    expect(() => only('read', 'ead')).toThrow("unknown scenario 'ead'; known: cacheHit, read-1k")
    expect(() => parseArguments(['--contenders', 'fac'], known)).toThrow("unknown contender 'fac'")
  })

  test.each([
    [['--only', 'soap'], "unknown scenario 'soap'; known: json, xml"],
    [['--only', ''], "unknown scenario ''; known: json, xml"],
    [['--contenders=limit,nginx'], "unknown contender 'nginx'; known: limit, facet, express"],
    [['--seconds', '0'], "--seconds must be a number above 0, at most 600; got '0'"],
    [['--seconds', 'ten'], "--seconds must be a number above 0, at most 600; got 'ten'"],
    [['--seconds='], "--seconds must be a number above 0, at most 600; got ''"],
    [['--connections', '1.5'], "--connections must be a whole number above 0, at most 1000; got '1.5'"],
    [['--second', '1'], "Unknown option '--second' (--help lists the options)"],
    [['quick'], "Unexpected argument 'quick'"],
  ])('refuses %j', (argv, message) => {
    expect(() => parseArguments(argv, known)).toThrow(message)
  })
})

describe('statistics', () => {
  test('the median is the middle value, or halfway between the two', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(median([])).toBeNaN()
  })

  test('quartiles are interpolated', () => {
    expect(quartiles([5, 1, 4, 2, 3])).toEqual([2, 4])
    expect(quartiles([1, 2, 3, 4])).toEqual([1.75, 3.25])
    expect(quartiles([7])).toEqual([7, 7])
  })

  test('a percentile is a value that occurred', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
    expect([0, 50, 99, 100].map((percent) => percentile(hundred, percent))).toEqual([1, 50, 99, 100])
    expect(percentile([3], 99)).toBe(3)
    expect(percentile([], 50)).toBeNaN()
  })
})

test('the ratio is the median of each slice against the slice of the limit in the same round', () => {
  const slice = (contender: string, round: number, cpuMicros: number): Slice => {
    const latenciesMs = [1, 2, 3, 4]
    return { contender, round, cpuMicros, requests: 4, elapsedMs: 2, latenciesMs, unexpected: new Map(), peakRssMb: 50 }
  }
  // In the second round the machine is half as fast; in the third something else fell on the one contender only.
  const slices = [
    ...[slice('limit', 0, 400), slice('facet', 0, 500)],
    ...[slice('limit', 1, 800), slice('facet', 1, 1000)],
    ...[slice('limit', 2, 400), slice('facet', 2, 900)],
  ]
  const result = figures(slices)
  expect(result.limit).toMatchObject({ cpuMicros: 100, ratioToLimit: 1, ratioSpread: [1, 1] })
  expect(result.facet).toEqual({
    ...{ cpuMicros: 225, ratioToLimit: 1.25, ratioSpread: [1.25, 1.75] },
    ...{ rps: 2000, p50Ms: 2, p99Ms: 4, rssMb: 50 },
  })
  expect(figures([slice('facet', 0, 500)]).facet).toMatchObject({ ratioToLimit: null, ratioSpread: null })
  expect(table({ json: result })).toMatch(/json.*ratio.*\nlimit.*\nfacet +225 +1\.25 \(1\.25 to 1\.75\)/)
})

test('what the crowd waits is compared by its 99th percentile, turn by turn', () => {
  const turn = (contender: string, round: number, latenciesMs: number[], calls: number[]): Turn => {
    return { contender, round, latenciesMs, calls, cpuMicros: 40 }
  }
  const result = stampedeFigures([
    ...[turn('limit', 0, [100, 110], [1, 1]), turn('express', 0, [100, 220], [1000])],
    ...[turn('limit', 1, [100, 200], [1, 1]), turn('express', 1, [100, 600], [1000])],
  ])
  expect(result.limit).toMatchObject({ p99RatioToLimit: 1, callsARound: 1, rounds: 4 })
  expect(result.express).toEqual({
    ...{ p50Ms: 100, p99Ms: 600, p99RatioToLimit: 2.5, p99RatioSpread: [2.25, 2.75] },
    ...{ callsARound: 1000, rounds: 2, cpuMicros: 20 },
  })
})

test('the kinds of a soak ask for something else each time, by all their routes in turn', () => {
  expect([0, 1, 2].map((number) => pathOf('xml', number))).toEqual(['/xml/whole/0', '/xml/part/1', '/xml/whole/2'])
  for (const kind of Object.keys(KINDS)) expect(pathOf(kind, 7)).toMatch(/\/7$/)
})

test('each contender takes its turn once a round, in changing company', () => {
  expect([0, 1, 2, 3].map((round) => inOrder(['a', 'b', 'c'], round).join(''))).toEqual(['abc', 'acb', 'cab', 'cba'])
})

test('the first difference of two answers is named', () => {
  expect(firstDifference({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBeNull()
  expect(firstDifference({ a: [1, { b: null }] }, { a: [1, { b: '' }] })).toEqual({
    ...{ at: 'a.1.b', left: 'null', right: '""' },
  })
  expect(firstDifference({ a: 1, b: 2 }, { b: 2, a: 1 })).toMatchObject({ at: '' })
})

describe('the reader of responses', () => {
  const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'
  const chunked = 'HTTP/1.1 502 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'
  const empty = 'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'

  test.each([1, 2, 7, 1000])('finds the end of each response in pieces of %d bytes', (size) => {
    const statuses: number[] = []
    const read = responseReader((status) => statuses.push(status))
    for (const response of [whole, chunked, empty, whole, chunked]) {
      for (let at = 0; at < response.length; at += size) read(Buffer.from(response.slice(at, at + size)))
    }
    expect(statuses).toEqual([200, 502, 304, 200, 502])
  })

  test('refuses what it cannot delimit', () => {
    expect(() => responseReader(() => {})(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toThrow('unknown length')
    expect(() => responseReader(() => {})(Buffer.from(`${whole}!`))).toThrow('more bytes')
  })
})

describe('the program', () => {
  const run = promisify(execFile)
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const bench = (...argv: string[]) =>
    run(process.execPath, ['--conditions=facet-source', '--no-warnings', main, ...argv], { timeout: 55_000 })

  test('prints figures as JSON in the last line', async () => {
    const { stdout } = await bench('--seconds', '1', '--only', 'cacheHit', '--json', '--contenders', 'limit,express')
    const figure = expect.any(Number)
    const all = {
      ...{ cpuMicros: figure, ratioToLimit: figure, ratioSpread: [figure, figure] },
      ...{ rps: figure, p50Ms: figure, p99Ms: figure, rssMb: figure },
    }
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toEqual({
      scenarios: { cacheHit: { limit: all, express: all } },
    })
  }, 60_000)

  test('has hits that are confirmed, hits among many, and a crowd that makes one call', async () => {
    const only = 'cacheHitMany,cacheHitNotModified,stampede'
    const { stdout } = await bench('--seconds', '1', '--only', only, '--json', '--contenders', 'limit')
    const { scenarios } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
    expect(Object.keys(scenarios)).toEqual(only.split(','))
    expect(scenarios.cacheHitNotModified.limit.rps).toBeGreaterThan(0)
    expect(scenarios.cacheHitMany.limit.rps).toBeGreaterThan(0)
    const { callsARound, rounds, p50Ms } = scenarios.stampede.limit
    expect(callsARound).toBe(1)
    expect(rounds).toBeGreaterThanOrEqual(5)
    expect(p50Ms).toBeGreaterThanOrEqual(100)
  }, 60_000)

  test.each([
    [['--only', 'replies'], "unknown kind 'replies'; known: reply, call"],
    [['--mb', '1'], "--mb must be a number, at least 16; got '1'"],
    [['--gb', '1'], "Unknown option '--gb'"],
  ])(
    'for a soak says what is wrong with %j, and fails',
    async (argv, message) => {
      const soak = fileURLToPath(new URL('soak/main.ts', import.meta.url))
      const failing = run(process.execPath, ['--conditions=facet-source', '--no-warnings', soak, ...argv])
      await expect(failing).rejects.toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(message) })
    },
    30_000,
  )

  test('runs what needs no servers, by the beginning of its name, and keeps to the seconds', async () => {
    const began = performance.now()
    const { stdout } = await bench(
      '--seconds=0.2',
      '--only=xmlWrite-1',
      '--json',
      '--contenders=facet,jsonStringify,express',
    )
    const figure = expect.any(Number)
    const all = {
      ...{ mbPerSecond: figure, microsPerDocument: figure, microsSpread: [figure, figure] },
      ...{ ratioToFloor: figure, ratioSpread: [figure, figure] },
    }
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toEqual({
      scenarios: {
        'xmlWrite-1.5k': { facet: all, jsonStringify: all },
        'xmlWrite-1M': { facet: all, jsonStringify: all },
      },
    })
    expect(performance.now() - began).toBeLessThan(20_000)
  }, 60_000)

  test.each([
    [['--only', 'cachehit'], "unknown scenario 'cachehit'"],
    [['--only', 'proxy', '--contenders', 'saxes'], 'proxy: has none of the contenders saxes'],
  ])(
    'says what is wrong with %j, and fails',
    async (argv, message) => {
      const failing = bench(...argv)
      await expect(failing).rejects.toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(message) })
    },
    30_000,
  )
})
