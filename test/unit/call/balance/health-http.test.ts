// Checks over real HTTP, in real time: what a transport would inject, at its smallest.
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { type HealthOptions, isExpectedStatus, type Probe } from '../../../../src/call/balance/health.ts'
import { counted, type TestSet, testSet } from '../../support/instances.ts'

let servers: ScriptedBackend[]
let made: TestSet

const options: HealthOptions = { path: '/healthz', interval: 40, timeout: 1_000, healthy: 2, unhealthy: 3 }

const probe: Probe = async ({ origin }, signal) => {
  const answer = await fetch(`${origin}${options.path}`, { signal, redirect: 'manual' })
  await answer.arrayBuffer()
  return isExpectedStatus(options, answer.status)
}

beforeEach(async () => {
  servers = await Promise.all([1, 2].map(() => scriptedBackend({ 'GET /healthz': { status: 204 } })))
  made = testSet(
    servers.map(({ url }) => ({ url })),
    { health: { options, probe } },
  )
})
afterEach(async () => {
  made.set.close()
  await Promise.all(servers.map((server) => server.close()))
})

const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}

test.each([
  ['answers with 503', { status: 503 }],
  ['ends the connection', { reset: true }],
] as const)('an instance that %s goes out and comes back', async (_, script) => {
  const [ill] = servers as [ScriptedBackend]
  await until(() => ill.requests.length > 1)
  ill.on('GET /healthz', script)
  await until(() => made.told.length > 0)
  expect(made.told).toEqual([`unhealthy ${ill.url}`])
  expect(counted(made.set.all, 10, () => made.set.choose())).toEqual([0, 10])
  ill.on('GET /healthz', { status: 204 })
  await until(() => made.told.length > 1)
  expect(made.told[1]).toBe(`healthy ${ill.url}`)
  expect(counted(made.set.all, 10, () => made.set.choose())).not.toContain(0)
})
