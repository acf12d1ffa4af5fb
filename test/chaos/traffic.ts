import type { BackendName } from './backends.ts'

/** An endpoint that is asked, and what it owes. */
export interface Target {
  readonly name: string
  /** Milliseconds until its answer must be there. */
  readonly bound: number
  /** Those without which there may be no answer; where all of them are alive, there must be one. */
  readonly required: readonly BackendName[]
  /** Where its backend has several instances: those of which one is enough. */
  readonly oneOf?: readonly BackendName[]
  /** A part of it is given so little time that a machine which does much else may take it away: then a partial answer is as good as a whole one. */
  readonly isHasty?: boolean
  /** It is the head of the answer that has a bound: its body is passed through as it comes, and cut where it is cut. */
  readonly isStreamed?: boolean
}

/** One request. */
export interface Ask {
  readonly target: Target
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly client?: string
  readonly body?: object
  /** What stands in a whole answer: a sound head before anything else would be no answer. */
  readonly proof: string
  /** What stands in a partial answer, too. */
  readonly always?: string
  /** After how many milliseconds the client hangs up; it waits if not said. */
  readonly leavesAfter?: number
}

/**
 * The demo's own deadline of 10 s says little, since its backends time out after 2 s and reads are asked twice, 50 ms apart at the
 * most. The bound is what that comes to: two calls, one after the other.
 */
const OVERVIEW: Target = { name: 'overview', bound: 2 * (2 * 2_000 + 50), required: ['crm', 'shop'] }
/** Kept since the warm-up: nothing can fail. */
const CATALOG: Target = { name: 'catalog', bound: 1_000, required: [] }
const PROXY: Target = { name: 'proxy', bound: 2_000, required: ['crm'], isStreamed: true }
/** A write is asked once. */
const PAYMENT: Target = { name: 'payment', bound: 2_000, required: ['billing'] }

/** Those of `routes/parts.ts`, whose deadline is shorter than any timeout. */
const deadlined = (name: string, required: readonly BackendName[]): Target => ({ name, bound: 1_500, required })
const CUSTOMER_FIRST = deadlined('customer-first', ['crm'])
const ANYTHING = deadlined('anything', [])
const LISTS = deadlined('lists', ['shop'])
const KEPT = deadlined('kept', [])
const CHAOS_PAYMENT = deadlined('chaos-payment', ['billing'])
export const PAIR: Target = { ...deadlined('pair', []), oneOf: ['east', 'west'] }
const LATE: Target = { ...deadlined('late', ['crm']), isHasty: true }
const LATE_SHARED: Target = { ...deadlined('late-shared', ['crm']), isHasty: true }
const OWN_CLIENT = deadlined('own-client', ['crm'])

const PAID = { invoice: '0000123', amount: 13.37, currency: 'EUR' }

const get = (target: Target, path: string, proof: string, client = 'web'): Ask => ({
  target,
  method: 'GET',
  path,
  client,
  proof,
})
const post = (target: Target, path: string): Ask => ({ target, method: 'POST', path, body: PAID, proof: '0000123' })

/** No two are the same for long, so that the reply cache has none of them. */
const overview = (client: string, proof: string) => (nth: number) =>
  get(OVERVIEW, `/customers/${1 + (nth % 10)}/overview?orders=${1 + (Math.floor(nth / 10) % 50)}`, proof, client)
const chaos = (target: Target, proof: string) => (nth: number) =>
  get(target, `/chaos/${target.name}/${1 + (nth % 10)}`, proof)
/** A few only: the last good answer to each is never old. */
const late = (target: Target) => (nth: number) => ({
  ...get(target, `/chaos/${target.name}/${1 + (nth % 4)}`, '"customer":{'),
  always: '"quick":{',
})
/** A few only: each is renewed, and stood in for, again and again. */
const kept = (nth: number) => get(KEPT, `/chaos/kept/${1 + (nth % 4)}`, '"customer":{')
const catalog = (nth: number) =>
  nth % 2 === 0 ? get(CATALOG, '/catalog', '"items":') : get(CATALOG, '/catalog', '"SKU-1001', 'mobile')
const proxied = (nth: number) => {
  const id = 1 + (nth % 10)
  return get(PROXY, nth % 2 === 0 ? `/reverseproxy/users/${id}` : `/reverseproxy?id=${id}`, `"id":${id}`)
}

const web = overview('web', '"customer":{')
const mobile = overview('mobile', '"orders":')
const desktop = overview('desktop', '<customer>')
const customerFirst = chaos(CUSTOMER_FIRST, '"customer":{')
const anything = chaos(ANYTHING, '"customers":[')
const lists = chaos(LISTS, '"orders":[')
const pair = chaos(PAIR, '"customer":{')
const lateAlone = late(LATE)
const lateShared = late(LATE_SHARED)
const ownClient = chaos(OWN_CLIENT, '"customer":{')

/** What is asked in turn: any so many requests that follow one another ask every endpoint and every backend. */
const MIX: readonly ((nth: number) => Ask)[] = [
  web,
  anything,
  pair,
  proxied,
  mobile,
  ownClient,
  customerFirst,
  kept,
  lateAlone,
  catalog,
  pair,
  customerFirst,
  lists,
  desktop,
  ownClient,
  () => post(PAYMENT, '/customers/1/payments'),
  anything,
  pair,
  proxied,
  mobile,
  kept,
  lateShared,
  lateAlone,
  customerFirst,
  web,
  ownClient,
  pair,
  catalog,
  lateShared,
  desktop,
  () => post(CHAOS_PAYMENT, '/chaos/payments'),
]

export const MIXED: number = MIX.length

/** Each tenth client hangs up when it has waited so many milliseconds. The mix has no divisor in common with ten, so that each part of it is left in turn. */
const LEAVING = { every: 10, after: 100 }

/** The request with a number: the mix, again and again. Each part of it counts for itself how often it was asked. */
export function asked(nth: number): Ask {
  const slot = nth % MIX.length
  const part = MIX[slot] as (nth: number) => Ask
  const often = MIX.filter((other) => other === part).length
  const before = MIX.slice(0, slot).filter((other) => other === part).length
  const ask = part(Math.floor(nth / MIX.length) * often + before)
  return nth % LEAVING.every === LEAVING.every - 1 ? { ...ask, leavesAfter: LEAVING.after } : ask
}

/** What must be in the caches before anything breaks. */
export const WARM_UP: readonly Ask[] = [
  ...[0, 1].map(catalog),
  ...[kept, lateAlone, lateShared].flatMap((part) => [0, 1, 2, 3].map(part)),
]
