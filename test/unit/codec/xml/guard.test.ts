import { describe, expect, test } from '@jest/globals'
import { guard, LIMITS } from '../../../../src/codec/xml/guard.ts'
import { parseXml } from '../../../../src/codec/xml/tree.ts'

const attributes = (count: number, name = 'a') => Array.from({ length: count }, (_, i) => `${name}${i}="b"`).join(' ')
const nested = (depth: number, tag = 'p') => `<${tag}>`.repeat(depth) + `</${tag.split(' ')[0]}>`.repeat(depth)

describe('a document within the limits is read', () => {
  test.each([
    ['as deep as may be', nested(LIMITS.depth)],
    ['many, none in another', `<r>${'<p/>'.repeat(5_000)}${'<p></p>'.repeat(5_000)}</r>`],
    ['as many attributes as may be', `<r ${attributes(LIMITS.attributes)}/>`],
    ['as many namespaces as may be', `<r ${attributes(LIMITS.namespaces, 'xmlns:a')}><p/></r>`],
    ['namespaces of elements that have ended', `<r>${'<p xmlns:a="b"/><q xmlns:a="b"></q>'.repeat(200)}</r>`],
    ['one long attribute', `<r a="${'x'.repeat(100_000)}"/>`],
    [
      'brackets and quotes where they mean nothing',
      `<r a="<'>" b='">'><!-- < " --><![CDATA[<p "]]><?p < "?>it's "so"</r>`,
    ],
    ['a document type', '<!DOCTYPE r SYSTEM "r.dtd"><r/>'],
  ])('%s', (_, text) => {
    expect(() => guard(text)).not.toThrow()
    expect(parseXml(text.replaceAll("<'>", '&lt;&gt;')).local).toMatch(/^[rp]$/)
  })
})

describe('a document that would take the square of its size is refused, and at once', () => {
  test.each([
    ['levels', nested(20_000), /has more than 512 elements within each other/],
    ['levels with a namespace each', nested(20_000, 'p xmlns:a="b"'), /has more than 64 namespaces in one place/],
    ['attributes', `<r ${attributes(100_000)}/>`, /has more than 256 attributes of one element/],
    ['namespaces', `<r ${attributes(200, 'xmlns:a')}>${'<p/>'.repeat(20_000)}</r>`, /has more than 64 namespaces/],
    ['a name without end', `<r><${'a'.repeat(900_000)}/></r>`, /has a tag of more than 16384 characters/],
    ['attributes without values', `<r ${'a '.repeat(400_000)}/>`, /has a tag of more than 16384 characters/],
    ['tags that do not end', '<r '.repeat(300_000), /is not well-formed/],
    ['a quote that does not end', `<r a="${'<r a=" '.repeat(100_000)}'`, /is not well-formed/],
    ['errors without end', `<r>${'<a></b>'.repeat(100_000)}</r>`, /is not well-formed/],
  ])('%s', (_, text, message) => {
    const before = performance.now()
    expect(() => parseXml(text)).toThrow(message)
    // Most of these took seconds or minutes; a slow machine is given a generous half second.
    expect(performance.now() - before).toBeLessThan(500)
  })
})
