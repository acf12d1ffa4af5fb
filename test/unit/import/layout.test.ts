import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { block, type Code, call, list, literal, type Member, method, quoted } from '../../../src/import/print/code.ts'
import { commentLines, layout } from '../../../src/import/print/layout.ts'
import { ROOT } from '../../support/modules.ts'

/** What the formatter of this repository makes of a text. */
function formatted(text: string): string {
  const biome = join(ROOT, 'node_modules/.bin/biome')
  return execFileSync(biome, ['format', '--stdin-file-path=x.ts'], { cwd: ROOT, input: text, encoding: 'utf8' })
}

/** Expressions such as the importer writes, the same ones in every run. */
class Expressions {
  #seed: number
  constructor(seed: number) {
    this.#seed = seed
  }

  pick(count: number): number {
    this.#seed = (this.#seed * 1103515245 + 12345) & 0x7fffffff
    return (this.#seed >> 8) % count
  }

  word(most: number): string {
    return 'abcdefghijklmnopqrstuvwxyz'.repeat(2).slice(0, 1 + this.pick(most))
  }

  many<T>(most: number, make: () => T): T[] {
    return Array.from({ length: 1 + this.pick(most) }, make)
  }

  one(...makers: readonly (() => Code)[]): Code {
    return (makers[this.pick(makers.length)] as () => Code)()
  }

  scalar(): Code {
    let code = this.one(
      () => call('z.string'),
      () => call('z.int32'),
      () => call('z.enum', list(this.many(9, () => quoted(this.word(26))))),
      () => call('z.literal', list(this.many(25, () => String(this.pick(1_000_000))))),
      () => `Foo${this.word(30)}`,
    )
    if (typeof code === 'string') return code
    for (let left = this.pick(4); left > 0; left--) {
      code = this.one(
        () => method(code, 'max', '100000'),
        () => method(code, 'regex', `/^(?:${this.word(50)}[A-Z]{3})$/`),
        () => method(code, 'optional'),
        () => method(code, 'default', quoted(this.word(20))),
      )
    }
    return code
  }

  value(depth = 0): Code {
    const scalar = () => this.scalar()
    let code = depth > 3 ? this.scalar() : this.one(scalar, scalar, ...this.#nested(depth + 1))
    for (let left = this.pick(3); left > 0; left--) code = method(code, this.pick(2) ? 'nullable' : 'optional')
    const names = () => literal({ name: this.pick(2) ? quoted(this.word(40)) : undefined, ns: quoted(this.word(40)) })
    if (this.pick(4) === 0) code = call(this.pick(2) ? 'xml.element' : 'xml.attr', code, names())
    return this.pick(8) === 0 ? call('xml.namespace', quoted(this.word(20)), code) : code
  }

  #nested(depth: number): (() => Code)[] {
    return [
      () => call('z.object', block(this.#members(depth))),
      () => call('xml.choice', block(this.#members(depth))),
      () => call('z.array', this.value(depth)),
      () => call('z.union', list([this.scalar(), ...this.many(3, () => this.scalar())])),
      () => call('xml.list', method(call('z.array', this.scalar()), 'min', '1')),
    ]
  }

  #members(depth: number): Member[] {
    return this.many(4, () => ({
      key: this.word(30),
      value: this.value(depth),
      getter: this.pick(6) === 0,
      after: this.pick(5) === 0 ? 'xs:date' : undefined,
      comments: this.pick(5) === 0 ? [{ kind: 'doc', text: this.many(30, () => this.word(8)).join(' ') }] : [],
    }))
  }
}

test.each([1, 2, 3, 4])('is what the formatter would make of it (%d)', (seed) => {
  const expressions = new Expressions(seed)
  const lines = Array.from({ length: 150 }, (_, at) => {
    const before = `const x${at} = `
    return `${before}${layout(expressions.value(), 0, before.length, 0)}\n`
  })
  const text = lines.join('')
  expect(formatted(text)).toBe(text)
})

test('strings in the quotes that need fewer escapes, and nothing in them ends them', () => {
  expect(["it's", 'a"b', `'"'`, 'a\\b\n\u2028\u202e'].map(quoted)).toEqual([
    `"it's"`,
    `'a"b'`,
    `"'\\"'"`,
    "'a\\\\b\\n\\u2028\\u202e'",
  ])
})

test('comments have nothing in them that ends them, breaks their line or reorders it', () => {
  const text = 'one */ two\u2028three\r\nfour\u202efive'
  expect(commentLines([{ kind: 'doc', text }], 2)).toBe('  /** one *\\/ two three fourfive */\n')
  expect(commentLines([{ kind: 'remark', text }], 0)).toBe('// one */ two three fourfive\n')
  const long = commentLines([{ kind: 'doc', text: 'word '.repeat(40) }], 4).split('\n')
  expect([long[0], long.at(-2), long.every((line) => line.length <= 120)]).toEqual(['    /**', '     */', true])
})
