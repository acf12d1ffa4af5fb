import { aggregateJson } from './aggregate-json.ts'
import { aggregateXml } from './aggregate-xml.ts'
import { cacheHit } from './cache-hit.ts'
import { proxy } from './proxy.ts'
import type { Scenario } from './scenario.ts'
import { xmlScenarios } from './xml.ts'
import { xmlLarge } from './xml-large.ts'

/** All scenarios, in the order in which they run. */
export const scenarios: readonly Scenario[] = [aggregateJson, aggregateXml, cacheHit, proxy, ...xmlScenarios, xmlLarge]
