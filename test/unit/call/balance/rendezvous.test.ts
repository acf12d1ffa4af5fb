import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Instance } from '../../../../src/call/balance/instance.ts'
import { rendezvous } from '../../../../src/call/balance/rendezvous.ts'
import { chooser } from '../../../../src/call/balance/strategies.ts'
import { counted, seeded, weighted } from '../../support/instances.ts'

const keys = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 50 })
const weights = fc.array(fc.constantFrom(0.5, 1, 2, 10), { minLength: 2, maxLength: 12 })

describe('the instance of a key', () => {
  test('stays when another one goes, and only its own keys move', () => {
    fc.assert(
      fc.property(keys, weights, fc.nat(), (all, sizes, at) => {
        const instances = weighted(...sizes)
        const gone = instances[at % instances.length] as Instance
        const left = instances.filter((instance) => instance !== gone)
        for (const key of all) {
          const before = rendezvous(instances, key)
          if (before !== gone) expect(rendezvous(left, key)).toBe(before)
        }
      }),
    )
  })

  test('is the same whatever the order, and in every process', () => {
    fc.assert(
      fc.property(keys, weights, (all, sizes) => {
        const [here, there] = [weighted(...sizes), weighted(...sizes).reverse()]
        for (const key of all) expect(rendezvous(there, key).id).toBe(rendezvous(here, key).id)
      }),
    )
  })

  test('stays, or moves to the one whose weight has grown', () => {
    fc.assert(
      fc.property(keys, weights, fc.nat(), (all, sizes, at) => {
        const grown = sizes.map((size, nth) => (nth === at % sizes.length ? size * 2 : size))
        const [before, after] = [weighted(...sizes), weighted(...grown)]
        for (const key of all) {
          const [old, now] = [rendezvous(before, key).id, rendezvous(after, key).id]
          if (now !== old) expect(now).toBe((after[at % sizes.length] as Instance).id)
        }
      }),
    )
  })

  test('shares keys by weight, also of neighbouring addresses and keys', () => {
    const sizes = [1, 1, 2, 4]
    const instances = sizes.map(
      (weight, nth) => new Instance({ url: 'http://crm.test', address: `10.0.0.${nth}:80`, weight }),
    )
    const counts = counted(instances, 16_000, (nth) => rendezvous(instances, String(nth)))
    // Within six standard deviations of 2,000 of 16,000; keys and addresses are fixed, so the counts are too.
    for (const [nth, count] of counts.entries())
      expect(Math.abs(count - (sizes[nth] as number) * 2_000)).toBeLessThan(300)
  })

  test('shares the keys of one that goes among all others', () => {
    const instances = weighted(1, 1, 1, 1, 1)
    const [gone, ...left] = instances as [Instance, ...Instance[]]
    const orphans = Array.from({ length: 20_000 }, (_, nth) => `customer-${nth}`).filter(
      (key) => rendezvous(instances, key) === gone,
    )
    const counts = counted(left, orphans.length, (nth) => rendezvous(left, orphans[nth] as string))
    for (const count of counts) expect(count / orphans.length).toBeCloseTo(0.25, 1)
  })
})

test('what has no key goes where there is room', () => {
  const instances = weighted(1, 1)
  ;(instances[0] as Instance).inFlight = 1
  const choose = chooser('hash', seeded(1))
  expect(counted(instances, 100, () => choose(instances, undefined))).toEqual([0, 100])
  expect(counted(instances, 100, (nth) => choose(instances, `k${nth}`))[0]).toBeGreaterThan(20)
})
