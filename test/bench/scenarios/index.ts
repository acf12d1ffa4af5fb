import { aggregateJson } from './aggregate-json.ts'
import { aggregateXml } from './aggregate-xml.ts'
import { cacheHit, cacheHitNotModified } from './cache-hit.ts'
import { cacheHitMany } from './cache-hit-many.ts'
import { proxy, proxyLarge, proxyUpload } from './proxy.ts'
import { redisHit } from './redis-hit.ts'
import type { Scenario } from './scenario.ts'
import { stampede } from './stampede.ts'
import { xmlScenarios } from './xml.ts'
import { xmlLarge } from './xml-large.ts'

const aggregates = [aggregateJson, aggregateXml]
const caches = [cacheHit, cacheHitMany, cacheHitNotModified, redisHit, stampede]

/** All scenarios, in the order in which they run. */
export const scenarios: readonly Scenario[] = [
  ...aggregates,
  ...caches,
  proxy,
  proxyLarge,
  proxyUpload,
  ...xmlScenarios,
  xmlLarge,
]
