// The demo at a steady load over real sockets, while its backends are killed, restarted, paused, slowed, made to reset, to
// trickle, to send garbage and half answers, one after the other and two at a time (`scenarios.ts`), with one instance of two broken
// beside that, and with clients that hang up. Facet and each backend are processes of their own; so a backend that is killed is dead, and
// one that is paused hangs. One run, and then a test for each thing that must hold of it. The figures are printed, with the real
// margins; what is asserted is wide enough for a machine that does much else: `npm run test:chaos`.
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Change } from './facet.ts'
import { figures } from './figures.ts'
import { blamed, changesOf, isGood, liarOf, overrun, phaseOf, told } from './findings.ts'
import { EJECTED_AFTER } from './pair.ts'
import { endAll } from './process.ts'
import { type Chaos, type Phase, runChaos } from './run.ts'
import { SCENARIOS } from './scenarios.ts'
import { PAIR } from './traffic.ts'

/** Milliseconds. The aim is 50; the real one is printed. */
const MARGIN = 1_000
const LONGEST_TO_NORMAL = 8_000
const LONGEST_RUN = 110_000
/** How many requests may be with an instance when it is ejected. */
const IN_FLIGHT = 3

let chaos: Chaos

beforeAll(async () => {
  chaos = await runChaos()
  process.stdout.write(figures(chaos))
}, LONGEST_RUN + 8_000)
afterAll(endAll)

/** The first few of them, as people can read them. */
const few = (sent: Chaos['sent']) => sent.slice(0, 20).map((one) => told(chaos.phases, one))

test('every scenario ran, and was felt, within the time there is', () => {
  const [calm, ...scenarios] = chaos.phases
  const isLess = (one: Chaos['sent'][number]) => Number(one.end) < Number(calm?.until) && !isGood(one) && !one.hasLeft
  expect(few(chaos.sent.filter(isLess))).toEqual([])
  const felt = scenarios.filter((phase) =>
    chaos.sent.some((one) => phaseOf(chaos.phases, one) === phase && !one.isWhole && !one.hasLeft),
  )
  expect(felt.map(({ name }) => name)).toEqual(SCENARIOS.map(({ name }) => name))
  expect(chaos.duration).toBeLessThan(LONGEST_RUN)
})

test('every request has an answer by its deadline', () => {
  expect(few(chaos.sent.filter(({ failure }) => failure !== undefined))).toEqual([])
  expect(few(chaos.sent.filter((sent) => overrun(sent) > MARGIN))).toEqual([])
})

test('where all that a request needs is alive, it does not fail', () => {
  expect(few(blamed(chaos))).toEqual([])
})

test('where one of two instances is broken, nobody notices, but who was sent what cannot be read', () => {
  const asked = chaos.sent.filter(({ ask }) => ask.target === PAIR)
  const good = asked.filter(({ isWhole }) => isWhole)
  const bad = asked.filter(({ isWhole, hasLeft }) => !isWhole && !hasLeft)
  expect(good.length).toBeGreaterThan(100)
  expect(few(bad.filter((one) => liarOf(chaos.phases, one) === undefined))).toEqual([])
  for (const phase of chaos.phases) {
    const [liar] = phase.lying.filter((name) => PAIR.oneOf?.includes(name))
    if (!liar) continue
    // Until it is ejected, and no more than once: it is out for longer than it lies.
    const deceived = bad.filter((one) => phaseOf(chaos.phases, one) === phase)
    expect(deceived.length).toBeGreaterThan(0)
    expect(deceived.length).toBeLessThanOrEqual(EJECTED_AFTER + IN_FLIGHT)
  }
})

test('an instance that is broken is taken out of service, and put back', () => {
  const isOut = ({ event }: Change) => event === 'unhealthy' || event === 'ejected'
  const unseen = chaos.phases.flatMap(({ name, out, from, until }) =>
    out
      .filter((broken) => PAIR.oneOf?.includes(broken))
      .filter(
        (broken) =>
          !changesOf(chaos, broken).some((change) => isOut(change) && change.at >= from && change.at <= until),
      )
      .map((broken) => `${name}: ${broken}`),
  )
  expect(unseen).toEqual([])
  for (const name of PAIR.oneOf ?? []) {
    const count = (event: Change['event']) => changesOf(chaos, name).filter((one) => one.event === event).length
    expect(count('healthy')).toBe(count('unhealthy'))
    expect(count('returned')).toBe(count('ejected'))
  }
})

test('what may be late is left out or stood in for, and takes nothing else with it', () => {
  const lagging = chaos.phases.filter(({ broken, name }) => broken.length === 0 && name !== 'calm')
  expect(lagging.length).toBe(1)
  const asked = chaos.sent.filter((one) => lagging.includes(phaseOf(chaos.phases, one) as Phase) && !one.hasLeft)
  // Nothing is broken, so that whatever is required is there.
  expect(few(asked.filter(({ status }) => status >= 300))).toEqual([])
  expect(asked.filter(({ ask, isPartial }) => ask.target.isHasty && isPartial).length).toBeGreaterThan(0)
  // The last good answer, all the time.
  const isPoor = ({ ask, status, hasAlways, hasLeft }: Chaos['sent'][number]) =>
    ask.always !== undefined && status < 300 && !hasAlways && !hasLeft
  expect(few(chaos.sent.filter(isPoor))).toEqual([])
})

test('there were clients that hung up while something was under way for them', () => {
  const left = chaos.sent.filter(({ hasLeft }) => hasLeft)
  expect(left.length).toBeGreaterThan(10)
  expect(new Set(left.map(({ ask }) => ask.target)).size).toBeGreaterThan(2)
})

test('nobody is told that the request was wrong, or that Facet is', () => {
  const isWrong = ({ status, code }: Chaos['sent'][number]) =>
    (status >= 400 && status < 500) || status === 500 || code === 'internal'
  expect(few(chaos.sent.filter(isWrong))).toEqual([])
  // An answer that is said to be whole is: what a backend garbles comes through as it is only where it is passed through.
  const isFalse = ({ status, isPartial, isWhole, hasLeft, ask }: Chaos['sent'][number]) =>
    status < 300 && !isPartial && !isWhole && !hasLeft && !ask.target.isStreamed
  expect(few(chaos.sent.filter(isFalse))).toEqual([])
})

test('after each scenario all is normal again within the probe time of a breaker', () => {
  const late = chaos.phases.slice(1).filter(({ toNormal = Number.POSITIVE_INFINITY }) => toNormal > LONGEST_TO_NORMAL)
  expect(late).toEqual([])
})

test('the process is the same one, and has nothing to complain of', () => {
  expect(chaos.facet.ended()).toBeUndefined()
  expect(() => process.kill(chaos.facet.pid, 0)).not.toThrow()
  // Unhandled rejections and warnings, of listeners that nobody takes off for instance, would stand here.
  expect(chaos.facet.err()).toBe('')
  expect(chaos.facet.out()).toBe('')
})

test('sockets, timers and memory are back where they were', () => {
  const { before, warm, after } = chaos.vitals
  expect(after.sockets).toBeLessThanOrEqual(before.sockets)
  expect(after.timers).toBeLessThanOrEqual(before.timers)
  expect(after.loading).toBe(0)
  // Also those of clients that have hung up.
  expect(after.places).toBe(0)
  // Node's own for connections, which are gone now, and for its clock.
  expect(after.resources.Timeout ?? 0).toBeLessThanOrEqual((before.resources.Timeout ?? 0) + 2)
  // What a collection leaves, with room for code that was compiled meanwhile.
  expect(after.heapMb).toBeLessThanOrEqual(warm.heapMb + 15)
  expect(after.rssMb).toBeLessThanOrEqual(1.5 * warm.rssMb + 64)
})
