// The demo at a steady load over real sockets, while its backends are killed, restarted, paused, slowed, made to reset, to
// trickle, to send garbage and half answers, one after the other and two at a time (`scenarios.ts`). Facet and each backend are
// processes of their own; so a backend that is killed is dead, and one that is paused hangs. One run, and then a test for each
// thing that must hold of it. The figures are printed, with the real margins; what is asserted is wide enough for a machine
// that does much else: `npm run test:chaos`.
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { figures } from './figures.ts'
import { blamed, overrun, phaseOf, told } from './findings.ts'
import { endAll } from './process.ts'
import { type Chaos, runChaos } from './run.ts'
import { SCENARIOS } from './scenarios.ts'

/** Milliseconds. The aim is 50; the real one is printed. */
const MARGIN = 1_000
const LONGEST_TO_NORMAL = 8_000
const LONGEST_RUN = 110_000

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
  expect(few(chaos.sent.filter(({ end = Infinity, isWhole }) => end < Number(calm?.until) && !isWhole))).toEqual([])
  const felt = scenarios.filter((phase) =>
    chaos.sent.some((one) => phaseOf(chaos.phases, one) === phase && !one.isWhole),
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

test('nobody is told that the request was wrong, or that Facet is', () => {
  const isWrong = ({ status, code }: Chaos['sent'][number]) =>
    (status >= 400 && status < 500) || status === 500 || code === 'internal'
  expect(few(chaos.sent.filter(isWrong))).toEqual([])
  // An answer that is said to be whole is: what a backend garbles comes through as it is only where it is passed through.
  const isFalse = ({ status, isPartial, isWhole, ask }: Chaos['sent'][number]) =>
    status < 300 && !isPartial && !isWhole && !ask.target.isStreamed
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
  // Node's own for connections, which are gone now, and for its clock.
  expect(after.resources.Timeout ?? 0).toBeLessThanOrEqual((before.resources.Timeout ?? 0) + 2)
  // What a collection leaves, with room for code that was compiled meanwhile.
  expect(after.heapMb).toBeLessThanOrEqual(warm.heapMb + 15)
  expect(after.rssMb).toBeLessThanOrEqual(1.5 * warm.rssMb + 64)
})
