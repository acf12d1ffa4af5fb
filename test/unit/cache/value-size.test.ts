import { describe, expect, test } from '@jest/globals'
import { sizeOfValue } from '../../../src/cache/value-size.ts'

const size = (value: unknown, read = 0) => sizeOfValue(value, read, Number.POSITIVE_INFINITY)
const list = <T>(length: number, item: (index: number) => T) => Array.from({ length }, (_, index) => item(index))

describe('the memory of a value', () => {
  test('is next to nothing for what fits into a word', () => {
    expect([1, -1, true, null, undefined].map((value) => size(value))).toEqual([0, 0, 0, 0, 0])
    expect([0.5, 2 ** 40].map((value) => size(value))).toEqual([16, 16])
  })

  test('is one byte for a character of Latin-1, and two where there is any other', () => {
    expect(size('a'.repeat(800))).toBe(816)
    expect(size('é'.repeat(800))).toBe(816)
    expect(size(`${'a'.repeat(799)}漢`)).toBe(1_616)
  })

  test('is many times their text for small objects and lists', () => {
    const points = list(50, () => ({ x: 1, y: 2 }))
    expect(size(points)).toBeGreaterThan(4 * JSON.stringify(points).length)
    expect(size(list(50, () => []))).toBeGreaterThan(10 * 150)
  })

  test('of a long list is told from some of its items, wherever they stand', () => {
    const item = (index: number) => ({ id: index, title: 'x'.repeat(index % 64) })
    const all = list(10_000, item)
    const each = all.reduce((sum, value) => sum + size(value), 0)
    expect(size(all) / (each + 10 * all.length)).toBeCloseTo(1, 1)
  })

  test('counts bytes, dates, maps and tables of many names', () => {
    expect(size(new Uint8Array(5_000))).toBeGreaterThan(5_000)
    expect(size(new Date())).toBeGreaterThan(50)
    expect(size(new Map([['k', 'v'.repeat(1_000)]]))).toBeGreaterThan(1_000)
    const table = Object.fromEntries(list(1_000, (index) => [`name-${index}`, 1]))
    expect(size(table)).toBeGreaterThan(48 * 1_000)
  })

  test('counts what is in it twice once, and ends where a value is in itself', () => {
    const shared = { text: 'x'.repeat(10_000) }
    expect(size([shared, shared])).toBeLessThan(11_000)
    const own: Record<string, unknown> = { text: 'x' }
    own.self = own
    expect(size(own)).toBeLessThan(200)
  })

  test('has with it what its strings may have been cut out of, which is no more than was read', () => {
    const one = { name: 'longer than a dozen' }
    expect(size(one, 1_000) - size(one)).toBe(1_000)
    expect(size(one, 1_000_000) - size(one)).toBe(4_096)
    expect(size({ name: 'short' }, 1_000)).toBe(size({ name: 'short' }))
  })

  test('is counted no further than anybody needs to know', () => {
    let asked = 0
    const value = list(50, () => ({
      get text() {
        asked++
        return 'x'.repeat(1_000)
      },
    }))
    expect(sizeOfValue(value, 0, 5_000)).toBeGreaterThan(5_000)
    expect(asked).toBeLessThan(10)
  })
})
