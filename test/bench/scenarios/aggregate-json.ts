import { loadScenario } from './load-scenario.ts'
import type { Scenario } from './scenario.ts'
import { USERS } from './users.ts'

/** Four JSON calls merged into one answer: customer, orders and manager at once, products when the orders are there. */
export const aggregateJson: Scenario = loadScenario({
  name: 'aggregateJson',
  summary: 'one endpoint over four JSON calls',
  paths: () => USERS.map((id) => `/bench/json/${id}`),
  same: 'json',
  conditional: true,
})
