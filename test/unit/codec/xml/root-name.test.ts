import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { vocabulary as xml, xmlDecoder, xmlEncoder } from '../../../../src/codec/xml/index.ts'
import { misshapen, read, written } from '../../support/xml.ts'

const list = z.object({ Order: z.array(z.string()) })
const named = xml.element(list, { name: 'Orders' })
const spaced = xml.element(list, { name: 'Orders', ns: 'urn:o', prefix: 'o' })

describe('of what is read', () => {
  test('is whatever it is where the schema does not say it', () => {
    expect([read(list, '<a/>'), read(list, '<b xmlns="urn:x"/>')]).toEqual([{ Order: [] }, { Order: [] }])
  })

  test('is what the schema says', () => {
    expect(read(named, '<Orders><Order>1</Order></Orders>')).toEqual({ Order: ['1'] })
    expect(misshapen(named, '<error/>')).toBe("the document: the root element is 'error', not 'Orders'")
    expect(misshapen(named.nullable(), '<error/>')).toBe("the document: the root element is 'error', not 'Orders'")
  })

  test('is in the namespace that the schema says', () => {
    expect(read(spaced, '<p:Orders xmlns:p="urn:o"><p:Order>1</p:Order></p:Orders>')).toEqual({ Order: ['1'] })
    expect(misshapen(spaced, '<Orders xmlns="urn:x"/>')).toContain("the namespace 'urn:x', which is not expected")
    const none = xml.element(list, { ns: '' })
    expect(read(none, '<Orders/>')).toEqual({ Order: [] })
    expect(misshapen(none, '<Orders xmlns="urn:x"/>')).toContain('urn:x')
  })

  test('is not html unless the schema says so', () => {
    const page = '<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>'
    expect(misshapen(list, page)).toContain('HTML page')
    expect(misshapen(list, '<HTML/>')).toContain('HTML page')
    expect(read(xml.element(z.object({ body: z.string() }), { name: 'html' }), page)).toEqual({ body: '' })
  })
})

test('of what is written is what the schema says, before anything else', () => {
  expect(written(named, { Order: ['1'] }, { local: 'request', ns: 'urn:r', prefix: 'r' })).toBe(
    '<r:Orders xmlns:r="urn:r"><r:Order>1</r:Order></r:Orders>',
  )
  expect(written(spaced, { Order: ['1'] }, { local: 'request', ns: 'urn:r', prefix: 'r' })).toBe(
    '<o:Orders xmlns:o="urn:o"><o:Order>1</o:Order></o:Orders>',
  )
  expect(written(xml.element(list, { ns: 'urn:o' }), { Order: [] }, { ns: 'urn:r', prefix: 'r' })).toBe(
    '<r xmlns="urn:o"/>',
  )
})

test.each<[string, z.ZodType]>([
  ['an attribute', xml.attr(z.string())],
  ['text', xml.text(z.string())],
])('is none of %s', (what, schema) => {
  const why = `the schema is ${what}, and the root is an element`
  expect(() => xmlDecoder(schema)).toThrow(why)
  expect(() => xmlEncoder(schema, { local: 'r', ns: '' })).toThrow(why)
})

test('has no prefix without a namespace', () => {
  expect(() => xmlDecoder(xml.element(list, { prefix: 'p' }))).toThrow("the schema has the prefix 'p' and no namespace")
})
