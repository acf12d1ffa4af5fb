import { expect, test } from '@jest/globals'
import { formatOf, writtenType } from '../../../../src/http/proxy/body-format.ts'

test.each([
  ['application/json', 'json'],
  ['Application/JSON ; charset=utf-8', 'json'],
  ['text/json', 'json'],
  ['application/vnd.acme.v1+json', 'json'],
  ['application/problem+json; x="a;b"', 'json'],
  ['application/xml', 'xml'],
  ['text/xml;charset=utf-16', 'xml'],
  ['application/soap+xml; action="urn:a"', 'xml'],
  ['application/atom+xml', 'xml'],
  [undefined, undefined],
  ['', undefined],
  ['text/html', undefined],
  ['application/xhtml+xml', undefined],
  ['image/svg+xml', undefined],
  ['application/x-ndjson', undefined],
  ['application/json-seq', undefined],
  ['application/xml-dtd', undefined],
  ['text/event-stream', undefined],
  ['multipart/related; type="application/xop+xml"', undefined],
  ['+json', undefined],
])('%j is %j', (type, format) => {
  expect(formatOf(type)).toBe(format)
})

test.each([
  ['application/json; charset=latin1', 'json', 'application/json'],
  ['Application/HAL+json; profile="a b"; charset=x', 'json', 'application/hal+json; profile="a b"'],
  ['text/xml', 'xml', 'text/xml; charset=utf-8'],
  ['text/xml; charset=iso-8859-1; v=2', 'xml', 'text/xml; v=2; charset=utf-8'],
] as const)('%j, written anew as %s, is %j', (given, format, type) => {
  expect(writtenType(given, format)).toBe(type)
})
