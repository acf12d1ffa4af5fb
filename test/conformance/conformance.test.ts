import { expect, test } from '@jest/globals'
import { CLASSES } from './classes.ts'
import { EXCEPTIONS } from './exceptions.ts'
import { loadSuite } from './suite.ts'
import { verdicts } from './verdicts.ts'

const { cases } = loadSuite()
const all = verdicts('facet', cases)
const wrong = all.filter(({ outcome }) => outcome === 'wrong')

test('the suite is there', () => {
  const sizes = CLASSES.map((name) => cases.filter((each) => each.class.name === name).length)
  expect(sizes.every((size) => size > 50)).toBe(true)
  expect(cases.filter(({ canonical }) => canonical !== undefined).length).toBeGreaterThan(200)
})

// A test a class and not one a document: its message names all documents that differ, and it takes no time.
test.each(CLASSES)('Facet takes as expected what is %s', (name) => {
  const differing = wrong.filter((verdict) => verdict.case.class.name === name && !(verdict.case.id in EXCEPTIONS))
  expect(differing.map((verdict) => `${verdict.case.id}: ${verdict.detail} (${verdict.case.about})`)).toEqual([])
})

test('no exception is left that is none', () => {
  const ids = wrong.map((verdict) => verdict.case.id)
  expect(Object.keys(EXCEPTIONS).filter((id) => !ids.includes(id))).toEqual([])
})
