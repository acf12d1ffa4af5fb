import { describe, expect, test } from '@jest/globals'
import { parsePattern, type Variant } from '../../../src/lib/path.ts'

/** A variant as text: names in `<>`, segments by `/`, the rest as `<...name>`. */
function shown({ segments, rest }: Variant): string {
  const texts = segments.map((parts) =>
    parts.map((part) => (typeof part === 'string' ? part : `<${part.name}>`)).join(''),
  )
  return `/${[...texts, ...(rest === undefined ? [] : [`<...${rest}>`])].join('/')}`
}

describe('a path pattern', () => {
  test.each<[string, string[]]>([
    ['/', ['/']],
    ['/users', ['/users']],
    ['/users/:id', ['/users/<id>']],
    ['/customers/:id/overview', ['/customers/<id>/overview']],
    ['/:a/:b/:c', ['/<a>/<b>/<c>']],
    ['/:name-:version.json', ['/<name>-<version>.json']],
    ['/v:major.:minor', ['/v<major>.<minor>']],
    ['/:snake_case2', ['/<snake_case2>']],
    ['/*rest', ['/<...rest>']],
    ['/files/*path', ['/files/<...path>']],
    ['/{proxy+}', ['/<...proxy>']],
    ['/api/{proxy+}', ['/api/<...proxy>']],
    ['/users{/:id}', ['/users/<id>', '/users']],
    ['/users{/:id}/posts', ['/users/<id>/posts', '/users/posts']],
    ['/report{.:format}', ['/report.<format>', '/report']],
    ['/a{/b}{/c}', ['/a/b/c', '/a/b', '/a/c', '/a']],
    ['/a{/*rest}', ['/a/<...rest>', '/a']],
    ['/straße/größe', ['/straße/größe']],
    ['/well-known/.hidden', ['/well-known/.hidden']],
    ['/...', ['/...']],
  ])('%s is read', (text, expected) => {
    const pattern = parsePattern(text)
    expect(pattern.text).toBe(text)
    expect(pattern.variants.map(shown)).toEqual(expected)
  })

  test.each<[string, string]>([
    ['', "must start with '/'"],
    ['users', "must start with '/'"],
    ['{/:lang}/users', "must start with '/'"],
    ['//', 'an empty segment'],
    ['/a//b', 'an empty segment'],
    ['/a/', 'an empty segment'],
    ['/a/.', "a segment '.'"],
    ['/a/../b', "a segment '..'"],
    ['/:', "a ':' without a name"],
    ['/a/:/b', "a ':' without a name"],
    ['/:1a', "a ':' without a name"],
    ['/:a:b', 'two parameters with nothing between them'],
    ['/:a/:a', "the parameter 'a' stands twice"],
    ['/:a-:a', "the parameter 'a' stands twice"],
    ['/:a/*a', "the parameter 'a' stands twice"],
    ['/*', "'*name' must be the whole last segment"],
    ['/*1', "'*name' must be the whole last segment"],
    ['/*a/b', "'*name' must be the whole last segment"],
    ['/*a*', "'*name' must be the whole last segment"],
    ['/{a+}/b', "'*name' must be the whole last segment"],
    ['/a*b', 'one of * ( ) ? + \\'],
    ['/:id(\\d+)', 'one of * ( ) ? + \\'],
    ['/:id?', 'one of * ( ) ? + \\'],
    ['/:id+', 'one of * ( ) ? + \\'],
    ['/a\\b', 'one of * ( ) ? + \\'],
    ['/a}', "a '}' without its '{'"],
    ['/a}{/b}', "a '}' without its '{'"],
    ['/a{/b', 'closed and not nested'],
    ['/a{/b{/c}}', 'closed and not nested'],
    ['/a{}', 'an optional part without anything in it'],
  ])('%j is refused with what is wrong and the whole path', (text, message) => {
    expect(() => parsePattern(text)).toThrow(SyntaxError)
    expect(() => parsePattern(text)).toThrow(message)
    expect(() => parsePattern(text)).toThrow(`'${text}'`)
  })

  test('many optional parts do not hang the start', () => {
    expect(parsePattern(`/a${'{/b}'.repeat(8)}`).variants).toHaveLength(256)
  })
})
