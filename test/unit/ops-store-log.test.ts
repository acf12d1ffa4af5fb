import { expect, jest, test } from '@jest/globals'
import { storeLines } from '../../src/ops/store-log.ts'

test('a store’s changes are told each, and its failures once a second with how many there were', () => {
  jest.useFakeTimers()
  const lines: unknown[] = []
  const hear = storeLines((level, fields, message) => lines.push([level, fields, message]))
  hear({ event: 'up' })
  for (let nth = 0; nth < 100; nth++) hear({ event: 'failure', key: `k${nth}`, error: new Error('OOM') })
  jest.advanceTimersByTime(1_000)
  hear({ event: 'failure', key: 'last', error: new Error('OOM') })
  hear({ event: 'down', error: new Error('gone') })
  jest.useRealTimers()
  expect(lines).toMatchObject([
    ['info', {}, 'the shared cache is used'],
    ['warn', { key: 'k0', failures: 1, error: 'OOM' }, 'the shared cache failed'],
    ['warn', { key: 'last', failures: 100, error: 'OOM' }, 'the shared cache failed'],
    ['warn', { error: 'gone' }, 'the shared cache is passed over'],
  ])
})
