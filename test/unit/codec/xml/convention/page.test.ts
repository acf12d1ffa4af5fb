import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { xml as publicXml } from '../../../../../src/backend/xml.ts'
import { apigeeSchema } from '../../../../../src/codec/xml/convention/apigee/options.ts'
import { FORMATS } from '../../../../../src/codec/xml/convention/apigee/rules.ts'
import { badgerfishSchema } from '../../../../../src/codec/xml/convention/badgerfish/options.ts'
import { facetSchema } from '../../../../../src/codec/xml/convention/facet/options.ts'
import { xml2jsSchema } from '../../../../../src/codec/xml/convention/xml2js/options.ts'
import { type Convention, defineConvention, valueToXml, xmlToValue } from '../../../../../src/codec/xml/conventions.ts'
import { page, table } from '../../../../docs/pages.ts'
import { ROOT } from '../../../../support/modules.ts'

const PAGE = page('docs/conventions.md')
const text = readFileSync(join(ROOT, PAGE.file), 'utf8')

/** What stands between backticks in TypeScript. */
function evaluated(code: string): never {
  return new Function(`return (${code})`)() as never
}

/** A convention on a line of its own, a document, and the value that it is read to. */
const examples = [...text.matchAll(/^`(\{.*\})`\n\n```xml\n([\s\S]*?)\n```\n\n```json\n([\s\S]*?)\n```/gm)].map(
  ([, convention = '', xml = '', json = '']) => [convention, xml, JSON.parse(json)] as const,
)

describe('docs/conventions.md', () => {
  test('has an example of every convention', () => {
    const named = examples.map(([code]) => (evaluated(code) as Convention).convention ?? 'facet')
    expect(new Set(named)).toEqual(new Set(['facet', 'xml2js', 'badgerfish', 'apigee']))
    expect(examples).toHaveLength([...text.matchAll(/^```xml$/gm)].length)
  })

  test.each(examples)('%s is read as it is shown', (code, xml, expected) => {
    const convention = defineConvention<Convention>(evaluated(code))
    expect(xmlToValue(Buffer.from(xml), undefined, convention)).toEqual(expected)
  })

  test.each(examples.filter(([code]) => !/processors|Levels/i.test(code)))(
    '%s is written so that it is read as the same',
    (code, _, value) => {
      const convention: Convention = evaluated(code)
      expect(xmlToValue(Buffer.from(valueToXml(value, convention)), undefined, convention)).toEqual(value)
    },
  )

  test.each<[string, string[], object]>([
    ['facet', ['option', 'if not said', 'what it says'], facetSchema.shape],
    ['xml2js', ['xml2js option', 'default', 'what it says'], xml2jsSchema.shape],
    ['badgerfish', ['BadgerFish option', 'default', 'what it says'], badgerfishSchema.shape],
    ['apigee', ['option', 'XMLToJSON', 'JSONToXML', 'what it says'], { ...apigeeSchema({}).shape, format: true }],
  ])('has every option of %s', (_, columns, options) => {
    const documented = table(PAGE, ...columns).map(([name]) => name)
    expect(documented.sort()).toEqual(
      Object.keys(options)
        .filter((name) => name !== 'convention')
        .map((name) => `\`${name}\``)
        .sort(),
    )
  })

  test('names Apigee’s options as Apigee does', () => {
    for (const [name = '', reading, writing] of table(PAGE, 'option', 'XMLToJSON', 'JSONToXML', 'what it says')) {
      const policy = `\`${name.charAt(1).toUpperCase()}${name.slice(2)}`
      expect([policy, '']).toContain(reading)
      expect([policy, '']).toContain(writing)
      expect(reading || writing).toBe(policy)
    }
  })

  test('says what each of Apigee’s formats stands for', () => {
    const documented = table(PAGE, 'format', 'stands for').map(([name = '', options = '']) => [
      name.slice(1, -1),
      evaluated(`{ ${options.replaceAll('`', '')} }`),
    ])
    expect(Object.fromEntries(documented)).toEqual(FORMATS)
  })
})

test('whole documents are converted with what `xml` has', () => {
  const convention = { convention: 'apigee', outputPrefix: 'f(', outputSuffix: ')' } as const
  const bytes = Buffer.from('<r><a>007</a></r>')
  expect(publicXml.toJson(bytes, undefined, convention)).toBe('f({"r":{"a":"007"}})')
  expect(publicXml.toValue(bytes, 'text/xml')).toEqual({ a: '007' })
  expect(publicXml.fromValue({ a: '007' })).toContain('<a>007</a>')
})
