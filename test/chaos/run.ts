import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ROOT } from '../support/modules.ts'
import { BACKENDS, type Backend, type BackendName, startBackend } from './backends.ts'
import type { Change } from './facet.ts'
import { isGood } from './findings.ts'
import { type Load, openLoad, type Sent, sendAll } from './load.ts'
import { type Program, start } from './process.ts'
import { type Effect, SCENARIOS, type Scenario } from './scenarios.ts'
import { asked, MIXED, WARM_UP } from './traffic.ts'
import { type Vitals, vitalsOf } from './vitals.ts'

/** Requests a second: what two cores that do much else still manage. */
const RATE = 54
/** Milliseconds of load before anything breaks. */
const CALM = 3_000
/** How long is waited for it all to be normal again, and for sockets and timers to be gone. Milliseconds. */
const PATIENCE = 10_000
/** Nothing is broken any more when so many milliseconds have gone by, so that it ends, and says how far it came. */
const LATEST = 88_000
/** How often what the warm-up asks may come back partial: a cold process on a busy machine is slow. */
const WARM_UPS = 5

/** A part of the run. Times as `performance.now()` counts. */
export interface Phase {
  readonly name: string
  /** Those that were broken, and not only late. */
  readonly broken: readonly BackendName[]
  /** Those of them whose answers could not be read. */
  readonly lying: readonly BackendName[]
  /** Those of them that health checks see it of. */
  readonly out: readonly BackendName[]
  readonly from: number
  /** When it was normal again, or was given up. */
  readonly until: number
  /** Milliseconds from when the last backend was well again to the end of the first whole mix in a row; undefined where none came. */
  readonly toNormal: number | undefined
}

/** All that was seen. */
export interface Chaos {
  readonly sent: readonly Sent[]
  /** The first one is calm. */
  readonly phases: readonly Phase[]
  readonly facet: Program
  readonly urls: Readonly<Record<BackendName, string>>
  /** What has become of the pair's instances, as Facet tells it. */
  readonly changes: readonly Change[]
  /** Before the first request, after the warm-up, and when all is over. */
  readonly vitals: { readonly before: Vitals; readonly warm: Vitals; readonly after: Vitals }
  /** The longest that the process which measures has stood still, in milliseconds: it is part of what it has measured. */
  readonly stillMs: number
  /** Milliseconds. */
  readonly duration: number
}

/** Runs it all. What it has started is still there afterwards; `endAll` ends it. */
export async function runChaos(): Promise<Chaos> {
  const begun = performance.now()
  const backends = await startBackends()
  const facet = await startFacet(backends)
  const before = await vitalsOf(facet)
  await warmUp(facet)
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  const load = openLoad(urlOf(facet), RATE, asked)
  await sleep(CALM)
  const calm: Phase = { ...CALM_PHASE, from: begun, until: performance.now() }
  const warm = await vitalsOf(facet)
  const phases = [calm]
  for (const scenario of SCENARIOS)
    if (performance.now() - begun < LATEST) phases.push(await runScenario(scenario, backends, load))
  await load.stop()
  delay.disable()
  const after = await atRest(facet, before)
  const changes = await facet.ask<Change[]>('changes', performance.timeOrigin)
  const duration = performance.now() - begun
  const urls = Object.fromEntries(BACKENDS.map((name) => [name, backends[name].url])) as Chaos['urls']
  const vitals = { before, warm, after }
  return { sent: load.sent, phases, facet, urls, changes, vitals, stillMs: delay.max / 1e6, duration }
}

const CALM_PHASE = { name: 'calm', broken: [], lying: [], out: [], toNormal: undefined }

type Backends = Readonly<Record<BackendName, Backend>>

async function startBackends(): Promise<Backends> {
  const started = await Promise.all(BACKENDS.map(startBackend))
  return Object.fromEntries(started.map((backend) => [backend.name, backend])) as Record<BackendName, Backend>
}

function startFacet(backends: Backends): Promise<Program> {
  const urls = BACKENDS.map((name) => [`${name.toUpperCase()}_URL`, backends[name].url])
  return start('./facet.ts', [], {
    ...Object.fromEntries(urls),
    PORT: '0',
    HOST: '127.0.0.1',
    NODE_ENV: 'production',
    // What a backend is to blame for is asked about here; the log has what Facet is to blame for.
    LOG_LEVEL: 'error',
    FACET_ROUTES: fileURLToPath(new URL('./routes', import.meta.url)),
    FACET_TRANSFORMS: `${ROOT}/transforms`,
  })
}

const urlOf = ({ port }: Program) => `http://127.0.0.1:${port}`

/** @throws Error where not even that works */
async function warmUp(facet: Program): Promise<void> {
  let wanted = WARM_UP
  for (let turn = 0; turn < WARM_UPS && wanted.length > 0; turn++) {
    const sent = await sendAll(urlOf(facet), wanted)
    const wrong = sent.find((one) => !isGood(one))
    if (wrong) throw new Error(`${wrong.ask.path} of a sound system: ${wrong.status} ${wrong.failure}`)
    wanted = sent.filter(({ isWhole }) => !isWhole).map(({ ask }) => ask)
  }
  if (wanted.length > 0) throw new Error(`${wanted[0]?.path} of a sound system is not whole`)
}

async function runScenario({ name, faults }: Scenario, backends: Backends, load: Load): Promise<Phase> {
  const from = performance.now()
  await Promise.all(faults.map(([fault, backend]) => fault.break(backends[backend])))
  await sleep(Math.max(...faults.map(([{ ms }]) => ms)))
  await Promise.all(faults.map(([fault, backend]) => fault.heal(backends[backend])))
  const healed = performance.now()
  let normal: number | undefined
  while (normal === undefined && performance.now() < healed + PATIENCE) {
    await sleep(50)
    normal = normalAt(load.sent, healed)
  }
  const toNormal = normal === undefined ? undefined : normal - healed
  const those = (...effects: readonly Effect[]) =>
    faults.filter(([{ effect }]) => effects.includes(effect)).map(([, backend]) => backend)
  const broken = those('outage', 'blip', 'lie')
  return { name, broken, lying: those('lie'), out: those('outage'), from, until: performance.now(), toNormal }
}

/** When a whole mix of requests in a row, all begun after some time, had been answered in full; undefined if not yet. Clients that left say nothing. */
function normalAt(sent: readonly Sent[], since: number): number | undefined {
  let ends: number[] = []
  for (let at = sent.findLastIndex(({ start }) => start < since) + 1; at < sent.length; at++) {
    const one = sent[at] as Sent
    if (one.hasLeft) continue
    if (one.end !== undefined && isGood(one)) ends.push(one.end)
    else ends = []
    if (ends.length === MIXED) return Math.max(...ends)
  }
  return undefined
}

/** How it fares when idle connections are closed: as soon as it is no more than before, or when that has taken too long. */
async function atRest(facet: Program, before: Vitals): Promise<Vitals> {
  const until = performance.now() + PATIENCE
  for (;;) {
    await sleep(250)
    const now = await vitalsOf(facet)
    const isOver = now.sockets <= before.sockets && now.timers <= before.timers && now.loading === 0 && now.places === 0
    if (isOver || performance.now() > until) return now
  }
}
