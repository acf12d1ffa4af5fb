import { expect, test } from '@jest/globals'
import { valueToXml, xmlToValue } from '../../../../../src/codec/xml/conventions.ts'

const convention = { namespaces: 'prefix', keepRoot: true } as const

test('a root element with a prefix is written as it was read', () => {
  const document = '<s:Envelope xmlns:s="urn:s"><s:Body><x xmlns="urn:x">1</x></s:Body></s:Envelope>'
  const value = xmlToValue(Buffer.from(document), undefined, convention)
  const written = valueToXml(value, convention)
  expect(written).toContain('<s:Envelope ')
  expect(written).toMatch(/<s:Body><x xmlns="urn:x">1<\/x><\/s:Body><\/s:Envelope>$/)
  expect(xmlToValue(Buffer.from(written), undefined, convention)).toEqual(value)
})

test.each([
  [{ ':a': 1 }, '<_x003A_a '],
  [{ 'a b:c': { '@xmlns:a': 'urn:a' } }, '<a_x0020_b_x003A_c '],
])('what is no prefix is escaped: %j', (value, start) => {
  expect(valueToXml(value, convention)).toContain(start)
})

test('a prefix that nothing declares is refused', () => {
  expect(() => valueToXml({ 's:a': 1 }, convention)).toThrow("the prefix of 's:a' is not declared")
})
