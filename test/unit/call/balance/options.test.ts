import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { type BalancingOptions, balancing, balancingShape } from '../../../../src/call/balance/options.ts'
import { STRATEGY_NAMES } from '../../../../src/call/balance/strategies.ts'
import { DefinitionError } from '../../../../src/errors.ts'
import { checkOptions } from '../../../../src/options.ts'

const schema = z.strictObject(balancingShape)
const check = (options: unknown) => checkOptions('backend', options, schema)

test('nothing said: the defaults', () => {
  expect(balancing('backend', {}, 'http://a')).toEqual({
    strategy: 'random-of-two',
    key: undefined,
    slowStart: 10_000,
    outliers: { failures: 5, interval: 10_000, ejection: 10_000, longest: 300_000, most: 0.5 },
    health: undefined,
    discovery: undefined,
  })
})

test('everything said', () => {
  const hash = (input: unknown) => String(input)
  const options: BalancingOptions = {
    balance: { hash },
    outliers: { failures: 3, interval: '5s', ejection: '1s', longest: '1m', most: 0.3 },
    health: { path: '/up?deep=1', interval: '2s', timeout: '500ms', healthy: 1, unhealthy: 2, status: 204 },
    slowStart: '30s',
    discover: { type: 'srv', every: '3s', servers: ['10.0.0.53', '[fd00::53]:5353'], family: 4 },
  }
  expect(check(options)).toEqual(options)
  expect(balancing('backend', options, 'http://a')).toEqual({
    strategy: 'hash',
    key: hash,
    slowStart: 30_000,
    outliers: { failures: 3, interval: 5_000, ejection: 1_000, longest: 60_000, most: 0.3 },
    health: { path: '/up?deep=1', interval: 2_000, timeout: 500, healthy: 1, unhealthy: 2, status: [204] },
    discovery: { type: 'srv', every: 3_000, servers: ['10.0.0.53', '[fd00::53]:5353'], family: 4 },
  })
})

test('what is switched off is off', () => {
  expect(balancing('backend', { outliers: false, slowStart: '0s' }, 'http://a')).toMatchObject({
    outliers: undefined,
    slowStart: 0,
  })
})

test('checks and resolutions have defaults for all that is not said', () => {
  expect(balancing('backend', { health: { path: '/healthz' }, discover: { type: 'dns' } }, 'http://a')).toMatchObject({
    health: { path: '/healthz', interval: 5_000, timeout: 1_000, healthy: 2, unhealthy: 3, status: undefined },
    discovery: { type: 'dns', every: 10_000 },
  })
})

test.each(STRATEGY_NAMES.filter((name) => name !== 'hash'))('%s is a strategy', (balance) => {
  expect(balancing('backend', check({ balance }) as BalancingOptions, 'http://a').strategy).toBe(balance)
})

test.each([
  [{ balance: 'random' }, /at 'balance' \('random'\): 'round-robin'/],
  [{ balance: 'hash' }, /at 'balance' \('hash'\): .*\{ hash: \(input\) => key \}/],
  [{ health: { path: 'healthz' } }, /at 'health.path' \('healthz'\)/],
  [{ health: { path: '/', timeout: '6s' } }, /at 'health' .*a timeout that is no longer than the interval/],
  [{ health: { path: '/', interval: '0s' } }, /at 'health.interval' \('0s'\)/],
  [{ health: { path: '/', status: 99 } }, /at 'health.status'/],
  [{ slowStart: 10 }, /at 'slowStart' \(10\)/],
  [{ discover: { type: 'mdns' } }, /at 'discover.type' \('mdns'\)/],
  [{ discover: { type: 'dns', servers: ['dns.test'] } }, /at 'discover.servers.0' \('dns.test'\): an IP address/],
  [{ discover: { type: 'dns', every: '0s' } }, /at 'discover.every' \('0s'\)/],
])('%j is refused', (options, message) => {
  expect(() => check(options)).toThrow(message)
})

test('weights are refused where they do not count', () => {
  const urls = ['http://a', { url: 'http://b', weight: 3 }]
  expect(() => balancing("backend 'crm'", { balance: 'round-robin' }, urls)).toThrow(DefinitionError)
  expect(balancing("backend 'crm'", { balance: 'weighted' }, urls).strategy).toBe('weighted')
  expect(balancing("backend 'crm'", { balance: 'round-robin' }, 'http://a,http://b').strategy).toBe('round-robin')
})
