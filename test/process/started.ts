import { join } from 'node:path'
import { expect } from '@jest/globals'
import { type AllBackends, startAll } from '../backends/index.ts'
import { ROOT } from '../support/modules.ts'
import { type Child, run, runScript } from './child.ts'
import type { Project } from './project.ts'

/** Facet as `npm start` runs it. */
export interface Started {
  readonly facet: Child
  readonly url: string
}

/** Starts it on a free port, and waits until it listens. */
export async function start(environment: Readonly<Record<string, string>>): Promise<Started> {
  const facet = runScript('start', { PORT: '0', HOST: '127.0.0.1', ...environment })
  return { facet, url: await listening(facet) }
}

/** Where it listens, once it does. */
export async function listening(facet: Child): Promise<string> {
  const [, port] = await facet.until(/"port":(\d+).*"listening"/)
  return `http://127.0.0.1:${port}`
}

/** Starts Facet in a project's own folder: paths are told as seen from there, and it finds ./routes and ./transforms. */
export function startIn({ folder }: Project, environment: Readonly<Record<string, string>> = {}): Child {
  const main = ['--conditions=facet-source', join(ROOT, 'src/main.ts')]
  return run(process.execPath, main, { PORT: '0', HOST: '127.0.0.1', ...environment }, folder)
}

/** The lines in which it says why it does not start; it says nothing else, shows no stack and ends with 1. */
export async function refusal(facet: Child): Promise<string[]> {
  expect(await facet.ended).toBe(1)
  expect(facet.out()).toBe('')
  expect(facet.err()).not.toMatch(/^ +at /m)
  const [title, ...lines] = facet.err().trimEnd().split('\n')
  expect(title).toBe('Facet cannot start:')
  return lines.map((line) => line.trim())
}

/** The lines of the log that are about requests. */
export function requestLines(facet: Child): Record<string, unknown>[] {
  const lines = facet.out().split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line)).filter((line) => 'method' in line)
}

/** The mock backends on free ports, and what tells Facet where they are. */
export async function backendsFor(): Promise<{ backends: AllBackends; urls: Record<string, string> }> {
  const backends = await startAll({ catalogMs: 20 })
  const { crm, shop, billing, rates } = backends
  const urls = { CRM_URL: crm.url, SHOP_URL: shop.url, BILLING_URL: `${billing.url}/billing`, RATES_URL: rates.url }
  return { backends, urls }
}
