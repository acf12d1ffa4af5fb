import { describe, expect, test } from '@jest/globals'
import { pathMatches } from '../../../src/lib/path-match.ts'
import { pathTable } from '../../../src/lib/path-table.ts'

/** What the readings of a pattern take of a path, the first that matches. */
function taken(pattern: string, path: string): Record<string, string> | undefined {
  for (const { match } of pathMatches(pattern)) {
    const found = match(path)
    if (found) return Object.fromEntries(found)
  }
  return undefined
}

describe('a pattern takes of a raw path', () => {
  test.each<[string, string, Record<string, string> | undefined]>([
    ['/', '/', {}],
    ['/', '', {}],
    ['/', '/a', undefined],
    ['/a/b', '/a/b', {}],
    ['/a/b', '/a/b/', undefined],
    ['/a/b', '/a', undefined],
    ['/a', '/%61', {}],
    ['/größe', '/gr%c3%b6%C3%9Fe', {}],
    ['/a/:id', '/a/1', { id: '1' }],
    ['/a/:id', '/a/b%2Fc', { id: 'b%2Fc' }],
    ['/a/:id', '/a/', undefined],
    ['/a/:id', '/a//', undefined],
    ['/a/:id', '/a/b/c', undefined],
    ['/a/*rest', '/a', { rest: '' }],
    ['/a/*rest', '/a/', { rest: '/' }],
    ['/a/*rest', '/a//b%2f/', { rest: '//b%2f/' }],
    ['/a/{rest+}', '/a/b/c', { rest: '/b/c' }],
    ['/a/*rest', '/ab', undefined],
    ['/*rest', '/', { rest: '/' }],
    ['/a{/:b}', '/a/1', { b: '1' }],
    ['/a{/:b}', '/a', {}],
    ['/:a-:b', '/1-2-3', { a: '1', b: '2-3' }],
    ['/:a-:b.json', '/1-2.json.json', { a: '1', b: '2.json' }],
    ['/v:major.:minor', '/v1.2', { major: '1', minor: '2' }],
    ['/v:major.:minor', '/v.2', undefined],
    ['/v:major.:minor', '/v1.', undefined],
    ['/:a--:b', '/---x', { a: '-', b: 'x' }],
  ])('%s of %j', (pattern, path, expected) => {
    expect(taken(pattern, path)).toEqual(expected)
  })

  test('in one pass, whatever it is', () => {
    const started = performance.now()
    expect(taken('/:a-:b-:c-:d-:e.json', `/${'-'.repeat(100_000)}`)).toBeUndefined()
    expect(performance.now() - started).toBeLessThan(500)
  })
})

describe('a table', () => {
  const rows = {
    '/*rest': '/other/*rest',
    '/:a': '/one/:a',
    '/:a-:b': '/two/:b/:a',
    '/fix': '/fixed',
    '/fix/:a': '/fixed/:a/end',
    '/gone/*rest': '/*rest',
    '/all/*rest': '/all',
    '/o{/:a}': '/optional',
  }
  test.each([
    ['/fix', '/fixed'],
    ['/fix/a%2f', '/fixed/a%2f/end'],
    ['/x-y', '/two/y/x'],
    ['/x', '/one/x'],
    ['/x/y', '/other/x/y'],
    ['/gone', '/'],
    ['/gone/', '/'],
    ['/gone/a', '/a'],
    ['/all/a/b', '/all'],
    ['/o', '/optional'],
    ['/o/1', '/optional'],
  ])('makes %s to %s, in whatever order it is written', (path, expected) => {
    expect(pathTable(rows)(path)?.path).toBe(expected)
    expect(pathTable(Object.fromEntries(Object.entries(rows).reverse()))(path)?.path).toBe(expected)
  })

  test('says whether parts of the path are in what it makes, and nothing of what is not in it', () => {
    expect(pathTable({ '/a': '/b', '/c/:d': '/:d' })('/a')).toEqual({ path: '/b', isMade: false })
    expect(pathTable({ '/a': '/b', '/c/:d': '/:d' })('/c/x')).toEqual({ path: '/x', isMade: true })
    expect(pathTable({ '/a': '/b' })('/x')).toBeUndefined()
  })

  test.each([
    [{ '/a': '/:b' }, "there is not always a ':b' in '/a' for '/:b'"],
    [{ '/a{/:b}': '/:b' }, "there is not always a ':b' in '/a{/:b}'"],
    [{ '/a/*rest': '/:rest' }, "there is not always a ':rest'"],
    [{ '/a/:b': '/*b' }, "there is not always a '*b'"],
    [{ '/a/:b': '/x{/:b}' }, "optional parts in '/x{/:b}', which replaces '/a/:b'"],
    [{ '/a/:': '/b' }, "a ':' without a name in the path '/a/:'"],
  ])('%j is refused', (rows, message) => {
    expect(() => pathTable(rows as never)).toThrow(message)
  })
})
