import { expect, test } from '@jest/globals'
import { Fields } from '../../../src/lib/fields.ts'

const fields = new Fields(['A', '1', 'b', '2', 'a', '3'])

test('are found by their names in lower case, several lines as one', () => {
  expect([fields.get('a'), fields.get('b'), fields.get('c'), fields.all('a'), fields.all('c')]).toEqual([
    ...['1, 3', '2', undefined, ['1', '3'], []],
  ])
  expect([fields.has('a'), fields.has('A'), [...fields.names()]]).toEqual([true, false, ['a', 'b']])
})

test('names of every object are names like others', () => {
  expect(new Fields([]).get('constructor')).toBeUndefined()
  expect(new Fields(['__proto__', 'x']).get('__proto__')).toBe('x')
})

test('without some, and with others in the place of theirs', () => {
  expect(fields.without(new Set(['a'])).raw).toEqual(['b', '2'])
  expect(fields.without(new Set(['c']))).toBe(fields)
  expect(fields.with(new Fields(['A', '4', 'c', '5'])).raw).toEqual(['b', '2', 'A', '4', 'c', '5'])
  expect(fields.with(Fields.NONE)).toBe(fields)
})
