import { loadScenario } from './load-scenario.ts'
import type { Scenario } from './scenario.ts'

/** 100 kB that are passed to the client as they come. */
export const proxyLarge: Scenario = loadScenario({
  name: 'proxyLarge',
  summary: 'a proxied answer of 100 kB',
  paths: () => ['/bench/proxied/large'],
  same: 'bytes',
  conditional: false,
})

/** 10 kB that are passed to a backend as they come. */
export const proxyUpload: Scenario = loadScenario({
  name: 'proxyUpload',
  summary: 'a proxied POST of 10 kB',
  paths: () => ['/bench/proxied/sink'],
  same: 'bytes',
  conditional: false,
  body: JSON.stringify({ text: 'x'.repeat(10_000) }),
})

/** A request that is passed to a backend as it is. */
export const proxy: Scenario = loadScenario({
  name: 'proxy',
  summary: 'a proxied request, untouched',
  paths: () => ['/reverseproxy/users?id=1'],
  same: 'bytes',
  conditional: false,
})
