import type { Backend, BackendName } from './backends.ts'

/**
 * What a fault comes to. `outage`: calls fail or hang, and so do health checks. `blip`: calls fail, and checks may see nothing of it.
 * `lie`: answers that cannot be read, which nobody asks for again, since most backends would say the same again. `delay`: answers are late, but
 * well within the timeouts: nothing may fail.
 */
export type Effect = 'outage' | 'blip' | 'lie' | 'delay'

/** A way to break a backend. */
export interface Fault {
  readonly effect: Effect
  /** How long it lasts, in milliseconds. What hangs must last longer than the backends' timeout of 2 s. */
  readonly ms: number
  break(backend: Backend): Promise<void> | void
  /** Resolves when the backend itself is well again, for instance listens. */
  heal(backend: Backend): Promise<void> | void
}

const healLink = (backend: Backend) => backend.link(undefined)
const healBody = (backend: Backend) => backend.control({ body: 'normal' })

const FAULTS = {
  /** Connections are reset, and then refused. */
  kill: {
    effect: 'outage',
    ms: 2_000,
    break: (backend) => backend.end('SIGKILL'),
    heal: (backend) => backend.start(),
  },
  /** As a deployment does it: gone, and there again as soon as its process is up. */
  restart: {
    effect: 'blip',
    ms: 1_000,
    break: async (backend) => {
      await backend.end('SIGTERM')
      await backend.start()
    },
    heal: () => {},
  },
  /** The kernel takes connections and requests, and nobody answers: what a black hole looks like from here. */
  pause: {
    effect: 'outage',
    ms: 2_500,
    break: (backend) => backend.signal('SIGSTOP'),
    heal: (backend) => backend.signal('SIGCONT'),
  },
  /** Far later than any timeout. */
  slow: { effect: 'outage', ms: 2_500, break: (backend) => backend.link({ kind: 'slow', ms: 6_000 }), heal: healLink },
  /** Later than `after` in `routes/late.ts` waits, and sooner than any timeout. */
  lag: { effect: 'delay', ms: 2_000, break: (backend) => backend.link({ kind: 'slow', ms: 300 }), heal: healLink },
  /** As slow, and for ever: a connection that had an answer to bring in that time brings nothing any more, also when all is well. */
  lose: { effect: 'outage', ms: 2_500, break: (backend) => backend.link({ kind: 'lose' }), heal: healLink },
  reset: { effect: 'outage', ms: 2_000, break: (backend) => backend.link({ kind: 'reset' }), heal: healLink },
  /** The head takes a second, and what follows is never whole within 2 s. */
  trickle: {
    effect: 'outage',
    ms: 2_500,
    break: (backend) => backend.link({ kind: 'trickle', bytes: 16, ms: 100 }),
    heal: healLink,
  },
  /** Bytes that are no document, as a whole and sound HTTP message. */
  garbage: { effect: 'lie', ms: 2_000, break: (backend) => backend.control({ body: 'garbage' }), heal: healBody },
  /** The connection is cut in the middle of the body. */
  truncated: { effect: 'blip', ms: 2_000, break: (backend) => backend.control({ body: 'truncated' }), heal: healBody },
} satisfies Record<string, Fault>

type Broken = readonly [fault: keyof typeof FAULTS, backend: BackendName]

/** What goes wrong at one time. */
export interface Scenario {
  readonly name: string
  readonly faults: readonly (readonly [fault: Fault, backend: BackendName])[]
}

/**
 * One after the other, and then two at a time. What is lost comes last: nothing after it closes those connections but Facet.
 *
 * Beside every other one an instance of the pair is broken, in each way once, and never both: only the pair's own endpoint asks them, so that
 * costs no time. What was ejected in one of them is back before the next one: while one instance is ejected, nothing stands in for the other.
 */
const TABLE: readonly (readonly Broken[])[] = [
  [
    ['kill', 'crm'],
    ['kill', 'east'],
  ],
  [['restart', 'shop']],
  [
    ['pause', 'billing'],
    ['pause', 'east'],
  ],
  [['slow', 'shop']],
  [
    ['reset', 'rates'],
    ['reset', 'east'],
  ],
  [['trickle', 'crm']],
  [
    ['garbage', 'billing'],
    ['truncated', 'east'],
  ],
  [['truncated', 'crm']],
  [
    ['reset', 'shop'],
    ['restart', 'west'],
  ],
  [['lag', 'crm']],
  [
    ['pause', 'crm'],
    ['trickle', 'west'],
  ],
  [['kill', 'rates']],
  [
    ['kill', 'shop'],
    ['pause', 'rates'],
    ['slow', 'west'],
  ],
  [
    ['slow', 'crm'],
    ['reset', 'billing'],
  ],
  [
    ['trickle', 'billing'],
    ['truncated', 'rates'],
    ['garbage', 'west'],
  ],
  [
    ['kill', 'billing'],
    ['restart', 'crm'],
  ],
  [
    ['garbage', 'crm'],
    ['lose', 'shop'],
    ['lose', 'west'],
  ],
]

export const SCENARIOS: readonly Scenario[] = TABLE.map((row) => ({
  name: row.map(([fault, backend]) => `${fault} ${backend}`).join(' + '),
  faults: row.map(([fault, backend]) => [FAULTS[fault], backend]),
}))
