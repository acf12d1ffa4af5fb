import { loadScenario } from './load-scenario.ts'
import type { Scenario } from './scenario.ts'
import { USERS } from './users.ts'

/** Three JSON calls and one SOAP call in ISO-8859-1, which needs the customer's number. */
export const aggregateXml: Scenario = loadScenario({
  name: 'aggregateXml',
  summary: 'one endpoint over three JSON calls and one SOAP call',
  paths: () => USERS.map((id) => `/bench/xml/${id}`),
  same: 'json',
  conditional: true,
})
