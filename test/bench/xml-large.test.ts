import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { largeDocuments, summaryOf } from './large/documents.ts'
import { figures, IDLE, type Turn } from './large/turns.ts'
import { table } from './report.ts'

const turn = (contender: string, p99: number, largeMs: readonly number[]): Turn => {
  return { contender, delay: { p50: 1, p99, max: 2 * p99 }, smallMs: [1, 2, 3], largeMs, cpuMs: 100, peakRssMb: p99 }
}

test('the documents are of about 5 MB, and no two of them the same', () => {
  const documents = largeDocuments()
  for (const { bytes } of documents) expect(Math.abs(bytes.length - 5_000_000)).toBeLessThan(500_000)
  expect(new Set(documents.map(({ value }) => summaryOf(value).total)).size).toBe(documents.length)
})

test('the delay is the median of the turns, the longest one that of all of them', () => {
  const result = figures([
    turn('sliced', 10, [50, 70]),
    turn('sliced', 30, [60]),
    turn('sliced', 11, []),
    turn(IDLE, 1, []),
  ])
  expect(result.sliced).toEqual({
    ...{ delayP50Ms: 1, delayP99Ms: 11, delayP99Spread: [10.5, 20.5], delayMaxMs: 60 },
    ...{ smallP50Ms: 2, smallP99Ms: 3, largeMs: 60, cpuMsPerLarge: 100, rssMb: 30 },
  })
  expect(result[IDLE]).toMatchObject({ delayP99Ms: 1, largeMs: null, cpuMsPerLarge: null })
  expect(table({ xmlLarge: result })).toMatch(/\nsliced +1 +11\.00 \(10\.50 to 20\.50\) +60 .*\nidle .* - +- +1$/)
})

test('the program measures all ways of reading, with nothing but figures where there is nothing to read', async () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const argv = ['--seconds=0.5', '--only=xmlLarge', '--json', '--contenders=sliced,worker,idle,express']
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=facet-source', '--no-warnings', main, ...argv],
    { timeout: 55_000 },
  )
  const number = expect.any(Number)
  const always = {
    ...{ delayP50Ms: number, delayP99Ms: number, delayP99Spread: [number, number], delayMaxMs: number },
    ...{ smallP50Ms: number, smallP99Ms: number, rssMb: number },
  }
  const large = { largeMs: number, cpuMsPerLarge: number }
  expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toEqual({
    scenarios: {
      xmlLarge: {
        sliced: { ...always, ...large },
        worker: { ...always, ...large },
        idle: { ...always, largeMs: null, cpuMsPerLarge: null },
      },
    },
  })
}, 60_000)
