import { describe, expect, test } from '@jest/globals'
import { camelCase, createNames, pascalCase } from '../../../src/import/print/names.ts'

describe('names of XML as names of JavaScript', () => {
  test.each([
    ['GetInvoices', 'GetInvoices', 'getInvoices'],
    ['getInvoices', 'GetInvoices', 'getInvoices'],
    ['get-customer.v2', 'GetCustomerV2', 'getCustomerV2'],
    ['get_customer', 'GetCustomer', 'getCustomer'],
    ['XMLData', 'XMLData', 'xmlData'],
    ['GET', 'GET', 'get'],
    ['_private', '_private', '_private'],
    ['Numéro', 'Numero', 'numero'],
    ['価格', '価格', '価格'],
    ['3D', 'X3D', 'x3D'],
    ['---', 'X', 'x'],
  ])('%s is %s and %s', (name, pascal, camel) => {
    expect([pascalCase(name), camelCase(name)]).toEqual([pascal, camel])
  })
})

describe('names are given out once', () => {
  test('the first that is free, then numbers', () => {
    const { take } = createNames()
    expect([take('A', 'AType'), take('A', 'AType'), take('A', 'AType'), take('A')]).toEqual(['A', 'AType', 'A2', 'A3'])
  })

  test.each(['delete', 'import', 'await', 'Date', 'Map', 'z', 'soap', 'Output', 'undefined'])('%s is taken', (name) => {
    expect(createNames().take(name, 'other')).toBe('other')
  })
})
