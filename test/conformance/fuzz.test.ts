import { expect, test } from '@jest/globals'
import { check } from './check.ts'
import { corpus } from './corpus.ts'
import { fuzz } from './fuzzing.ts'
import { foreignPrototype } from './prototypes.ts'

test('the documents that mutations begin with are read, and read as saxes reads them', () => {
  expect(corpus().flatMap(check)).toEqual([])
})

test('what looks like plain data and is not is found', () => {
  expect(foreignPrototype({ a: [1, new Date(0), Object.create(null)] })).toBeUndefined()
  expect(foreignPrototype({ a: { b: Object.prototype } })).toBe('value.a.b is a prototype')
  expect(foreignPrototype([Object.create({ b: 1 })])).toBe('value.0 inherits from something')
  expect(foreignPrototype({ a: Object.prototype.toString })).toBe('value.a is a function')
})

test.each([1, 2, 3])('nothing that is nearly XML does harm (seed %d)', (seed) => {
  const { documents, finds } = fuzz({ seed, documents: 1500, ms: 10_000 })
  expect(finds.map(({ document, ...find }) => ({ ...find, document: document.toString('base64') }))).toEqual([])
  expect(documents).toBeGreaterThan(200)
})
