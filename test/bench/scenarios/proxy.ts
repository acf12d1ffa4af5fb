import { loadScenario } from './load-scenario.ts'
import type { Scenario } from './scenario.ts'

/** A request that is passed to a backend as it is. */
export const proxy: Scenario = loadScenario({
  name: 'proxy',
  summary: 'a proxied request, untouched',
  paths: () => ['/reverseproxy/users?id=1'],
  same: 'bytes',
  conditional: false,
})
