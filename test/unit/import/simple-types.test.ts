import { afterAll, describe, expect, test } from '@jest/globals'
import type { WsdlImport } from '../../../src/import/import-wsdl.ts'
import { constantIn, describedService, importMembers, importText, removeWritten } from '../../import/described.ts'

afterAll(removeWritten)

/** What is written for an element of a type that is declared as `T`. */
async function written(type: string, options: Omit<WsdlImport, 'source'> = {}) {
  const content = '<xs:sequence><xs:element name="a" type="t:T"/></xs:sequence>'
  const { members, text, notes } = await importMembers(
    content,
    `<xs:simpleType name="T">${type}</xs:simpleType>`,
    options,
  )
  const [member = ''] = members
  const code = member === 'a: T,' ? constantIn(text, 'T') : member.replace(/^a: (.*),( \/\/.*)?$/, '$1$2')
  return { code: code.replace(/\n\s*/g, ''), notes: notes.map((note) => note.replace(/^type T: /, '')), text }
}

const restriction = (base: string, facets: string) => `<xs:restriction base="xs:${base}">${facets}</xs:restriction>`
const facet = (name: string, value: string) => `<xs:${name} value="${value}"/>`

describe('built-in types', () => {
  test.each([
    ['string', 'z.string()'],
    ['token', 'z.string()'],
    ['anyURI', 'z.string()'],
    ['QName', 'z.string()'],
    ['boolean', 'z.boolean()'],
    ['decimal', 'z.number()'],
    ['double', 'z.number()'],
    ['byte', 'z.int().min(-128).max(127)'],
    ['short', 'z.int().min(-32768).max(32767)'],
    ['int', 'z.int32()'],
    ['long', 'z.int64()'],
    ['unsignedByte', 'z.int().min(0).max(255)'],
    ['unsignedInt', 'z.uint32()'],
    ['unsignedLong', 'z.uint64()'],
    ['integer', 'z.bigint()'],
    ['nonNegativeInteger', 'z.bigint().min(0n)'],
    ['positiveInteger', 'z.bigint().min(1n)'],
    ['negativeInteger', 'z.bigint().max(-1n)'],
    ['nonPositiveInteger', 'z.bigint().max(0n)'],
    ['dateTime', 'z.string() // xs:dateTime'],
    ['date', 'z.string() // xs:date'],
    ['time', 'z.string() // xs:time'],
    ['duration', 'z.string() // xs:duration'],
    ['gYearMonth', 'z.string() // xs:gYearMonth'],
    ['base64Binary', 'xml.bytes()'],
    ['hexBinary', 'z.string().regex(/^(?:[0-9a-fA-F]{2})*$/) // xs:hexBinary'],
    ['NMTOKENS', 'xml.list(z.array(z.string()))'],
    ['anySimpleType', 'z.string()'],
  ])('xs:%s is %s', async (name, code) => {
    expect(await written(restriction(name, ''))).toMatchObject({ code, notes: [] })
  })

  test.each([
    ['decimal', { decimal: 'string' as const }, 'z.string().regex(/^[+-]?(?:\\d+\\.?\\d*|\\.\\d+)$/)'],
    ['dateTime', { dates: true }, 'z.date()'],
    ['date', { dates: true }, 'z.string() // xs:date'],
  ])('xs:%s as %j is %s', async (name, options, code) => {
    expect(await written(restriction(name, ''), options)).toMatchObject({ code, notes: [] })
  })
})

describe('restrictions', () => {
  test.each([
    ['string', facet('length', '3'), 'z.string().length(3)'],
    ['string', facet('minLength', '1') + facet('maxLength', '9'), 'z.string().min(1).max(9)'],
    ['string', facet('minLength', '0'), 'z.string()'],
    ['string', facet('whiteSpace', 'collapse'), 'z.string()'],
    ['string', facet('pattern', '[A-Z]'), 'z.string().regex(/^[A-Z]$/)'],
    ['hexBinary', facet('length', '2'), 'z.string().length(4).regex(/^(?:[0-9a-fA-F]{2})*$/) // xs:hexBinary'],
    ['decimal', facet('minExclusive', '0') + facet('maxInclusive', '+9.50'), 'z.number().gt(0).max(9.5)'],
    ['decimal', facet('fractionDigits', '2'), 'z.number().multipleOf(0.01)'],
    ['decimal', facet('fractionDigits', '0'), 'z.number().int()'],
    ['int', facet('minInclusive', '1'), 'z.int32().min(1)'],
    ['integer', facet('minInclusive', '0') + facet('maxExclusive', '100'), 'z.int().min(0).max(99)'],
    ['integer', facet('totalDigits', '3'), 'z.int().min(-999).max(999)'],
    ['long', facet('minExclusive', '-5'), 'z.int64().min(-4n)'],
    ['long', facet('minInclusive', '0') + facet('maxInclusive', '9007199254740991'), 'z.int().min(0)'],
    ['unsignedLong', facet('maxInclusive', '9007199254740992'), 'z.uint64().max(9007199254740992n)'],
    ['string', facet('enumeration', 'a b ') + facet('enumeration', "it's"), `z.enum(['a b ', "it's"])`],
    ['token', facet('enumeration', ' a  b ') + facet('enumeration', 'a b'), "z.enum(['a b'])"],
    ['int', facet('enumeration', '1') + facet('enumeration', '02'), 'z.literal([1, 2])'],
    ['integer', facet('enumeration', '7'), 'z.literal(7)'],
    ['integer', facet('enumeration', '9007199254740993'), 'z.literal(9007199254740993n)'],
    ['NMTOKENS', facet('maxLength', '4'), 'xml.list(z.array(z.string()).max(4))'],
  ])('xs:%s with %s is %s', async (base, facets, code) => {
    expect(await written(restriction(base, facets))).toMatchObject({ code, notes: [] })
  })

  test('each step’s patterns are asked for, of one step any', async () => {
    const steps = `<xs:restriction><xs:simpleType>${restriction('string', facet('pattern', 'a+') + facet('pattern', 'b'))}</xs:simpleType>${facet('pattern', '.{2}')}</xs:restriction>`
    const { code } = await written(steps)
    expect(code).toBe('z.string().regex(/^(?:a+|b)$/).regex(/^[^\\n\\r]{2}$/u)')
  })

  test('the enumeration of the last step counts', async () => {
    const steps = `<xs:restriction><xs:simpleType>${restriction('string', facet('enumeration', 'a') + facet('enumeration', 'b'))}</xs:simpleType>${facet('enumeration', 'b')}</xs:restriction>`
    expect((await written(steps)).code).toBe("z.enum(['b'])")
  })
})

describe('lists and unions', () => {
  const inner = `<xs:simpleType>${restriction('int', facet('minInclusive', '0'))}</xs:simpleType>`
  test.each([
    ['<xs:list itemType="xs:int"/>', 'xml.list(z.array(z.int32()))'],
    [`<xs:list>${inner}</xs:list>`, 'xml.list(z.array(z.int32().min(0)))'],
    ['<xs:union memberTypes="xs:int xs:boolean"/>', 'z.union([z.int32(), z.boolean()])'],
    [`<xs:union memberTypes="xs:date">${inner}</xs:union>`, 'z.union([z.string(), z.int32().min(0)])'],
    ['<xs:union memberTypes="xs:string"/>', 'z.string()'],
  ])('%s is %s', async (type, code) => {
    expect(await written(type)).toMatchObject({ code, notes: [] })
  })
})

describe('what cannot be expressed is a comment and a line', () => {
  test.each([
    [restriction('decimal', facet('pattern', '[0-9]')), 'z.number()', 'not checked of a number: the pattern [0-9]'],
    [restriction('decimal', facet('totalDigits', '5')), 'z.number()', 'not checked: at most 5 digits'],
    [
      restriction('date', facet('minInclusive', '2000-01-01')),
      'z.string() // xs:date',
      'not checked of text: at least 2000-01-01',
    ],
    [restriction('base64Binary', facet('maxLength', '9')), 'xml.bytes()', 'not checked of bytes: maxLength 9'],
    [
      restriction('string', facet('pattern', '\\p{IsKlingon}')),
      'z.string()',
      "not checked: the pattern \\p{IsKlingon}, since it has the block 'IsKlingon'",
    ],
    [restriction('string', '<xs:assertion test="true()"/>'), 'z.string()', 'not checked: assertion'],
    [
      '<xs:union memberTypes="xs:int xs:NMTOKENS"/>',
      'z.string()',
      'a union with a list in it: read and written as text',
    ],
  ])('%s is %s', async (type, code, what) => {
    const { notes, text, ...rest } = await written(type)
    expect([rest.code, notes]).toEqual([code, [what]])
    expect(text).toContain(`// ${what}\nconst T = `)
  })
})

test('a type of a built-in name in a schema of one’s own is that schema’s', async () => {
  const { members } = await importMembers(
    '<xs:sequence><xs:element name="a" type="t:int"/></xs:sequence>',
    `<xs:simpleType name="int">${restriction('string', facet('length', '1'))}</xs:simpleType>`,
  )
  expect(members).toEqual(['a: Int,'])
})

test('a simple type that leads back to itself is a mistake in one line', async () => {
  const schema = `<xs:element name="Do" type="t:A"/><xs:simpleType name="A"><xs:restriction base="t:B"/></xs:simpleType><xs:simpleType name="B"><xs:restriction base="t:A"/></xs:simpleType>`
  await expect(importText(describedService(schema))).rejects.toThrow('type A leads back to itself')
})
