import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { writePlain } from '../../../../src/codec/xml/index.ts'
import { elementName } from '../../../../src/codec/xml/plain.ts'
import { reread } from '../../support/well-formed.ts'

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
const XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'

/** What is written in the root; well-formed, or the test fails. */
function written(value: unknown, item?: string): string {
  const text = writePlain(value, { root: 'r', ...(item !== undefined && { item }) })
  reread(text, true)
  expect(text.startsWith(`${HEAD}<r ${XSI}`)).toBe(true)
  return text.slice(`${HEAD}<r ${XSI}`.length)
}

describe('a value without a schema', () => {
  test.each<[string, unknown, string]>([
    ['an object', { b: 1, a: 'x' }, '><b>1</b><a>x</a></r>'],
    ['objects in objects', { a: { b: { c: true } } }, '><a><b><c>true</c></b></a></r>'],
    ['a list', { a: [1, 2] }, '><a><item>1</item><item>2</item></a></r>'],
    ['an empty list', { a: [] }, '><a/></r>'],
    ['an empty object', {}, '/>'],
    ['a list of lists', { a: [[1], []] }, '><a><item><item>1</item></item><item/></a></r>'],
    ['a list as the root', ['x', { a: 1 }], '><item>x</item><item><a>1</a></item></r>'],
    ['null', { a: null }, '><a xsi:nil="true"/></r>'],
    ['null as the root', null, ' xsi:nil="true"/>'],
    ['nothing as the root, as JSON has it', undefined, ' xsi:nil="true"/>'],
    ['a function as the root, as JSON has it', () => 1, ' xsi:nil="true"/>'],
    ['text as the root', 'x', '>x</r>'],
    ['empty text', { a: '' }, '><a/></r>'],
    ['zero and false', { a: 0, b: false }, '><a>0</a><b>false</b></r>'],
    ['what is undefined', { a: undefined, b: 1 }, '><b>1</b></r>'],
    ['a function and a symbol', { a: () => 1, b: Symbol('x'), c: 1 }, '><c>1</c></r>'],
    [
      'what is missing in a list, in its place',
      [1, undefined, () => 1, null, 2],
      '><item>1</item><item xsi:nil="true"/><item xsi:nil="true"/><item xsi:nil="true"/><item>2</item></r>',
    ],
    ['a date', { at: new Date(0) }, '><at>1970-01-01T00:00:00.000Z</at></r>'],
    ['a date that is none, as JSON has it', { at: new Date(Number.NaN) }, '><at xsi:nil="true"/></r>'],
    ['a big integer', { id: 9007199254740993n }, '><id>9007199254740993</id></r>'],
    [
      'numbers that JSON does not have',
      [Number.NaN, Number.POSITIVE_INFINITY],
      '><item>NaN</item><item>INF</item></r>',
    ],
    ['what says itself how it looks', { a: { toJSON: () => ({ b: [1] }) } }, '><a><b><item>1</item></b></a></r>'],
    ['no property of the prototype', Object.create({ inherited: 1 }), '/>'],
    ['markup as text', { a: '<b>&"\'' }, '><a>&lt;b&gt;&amp;"\'</a></r>'],
    ['what ends CDATA', { a: ']]>' }, '><a>]]&gt;</a></r>'],
    ['a carriage return', { a: 'x\r\ny' }, '><a>x&#13;\ny</a></r>'],
  ])('is written: %s', (_, value, expected) => {
    expect(written(value)).toBe(expected)
  })

  test('has list items by the name that the client wants', () => {
    expect(written({ a: [1] }, 'row')).toBe('><a><row>1</row></a></r>')
  })

  test('with characters that XML cannot carry is not withheld for them', () => {
    expect(written({ a: 'x\u0000y\u001b\ud800z\uffff😀' })).toBe('><a>x\ufffdy\ufffd\ufffdz\ufffd😀</a></r>')
  })

  test('has a root even where its name is a file name that is none of XML', () => {
    for (const root of ['2fa', 'over view', 'xml-report', '<x>', ''])
      expect(() => reread(writePlain({ a: 1 }, { root }), true)).not.toThrow()
  })

  test('is well-formed whatever it is', () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withObjectString: true })
    fc.assert(fc.property(anything, (value) => void reread(writePlain(value, { root: 'r' }), true)))
  })
})

describe('the name of a property', () => {
  test.each([
    ['name', 'name'],
    ['first_name', 'first_name'],
    ['a-b.c', 'a-b.c'],
    ['_private', '_private'],
    ['x', 'x'],
    ['first name', 'first_x0020_name'],
    ['1st', '_x0031_st'],
    ['-a', '_x002D_a'],
    ['.a', '_x002E_a'],
    ['größe', 'gr_x00F6__x00DF_e'],
    ['a:b', 'a_x003A_b'],
    ['a/b', 'a_x002F_b'],
    ['$id', '_x0024_id'],
    ['😀', '_x1F600_'],
    ['\u0000', '_x0000_'],
    ['\ud800', '_xD800_'],
    ['', '_x_'],
    ['_x0020_', '_x005F_x0020_'],
    ['_x_', '_x005F_x_'],
    ['xmlThing', '_x0078_mlThing'],
    ['XML', '_x0058_ML'],
    ['__proto__', '__proto__'],
    ['<x/>', '_x003C_x_x002F__x003E_'],
  ])('%j is %s', (key, name) => {
    expect(elementName(key)).toBe(name)
    expect(elementName(key)).toBe(name)
  })

  const keys = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.stringMatching(/^(_|x|X|m|l|0|2|5|F|f| |-){0,12}$/),
  )
  test('is always a name of XML, and says which property it was', () => {
    fc.assert(
      fc.property(keys, (key) => {
        const name = elementName(key)
        expect(name).toMatch(/^(?!xml)[A-Za-z_][\w.-]*$/i)
        const back =
          name === '_x_'
            ? ''
            : name.replace(/_x([0-9A-F]{4,6})_/g, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)))
        expect(back).toBe(key)
      }),
      { numRuns: 2_000 },
    )
  })

  test('in an object of hostile names leads to a document that is well-formed', () => {
    fc.assert(
      fc.property(fc.dictionary(keys, fc.string(), { maxKeys: 5 }), (record) => {
        const { r } = reread(writePlain(record, { root: 'r' }), true)
        const elements = Object.keys(r).filter((key) => !key.startsWith('@') && key !== '#')
        expect(elements).toHaveLength(Object.keys(record).length)
      }),
    )
  })
})
