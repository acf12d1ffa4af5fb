import { describe, expect, test } from '@jest/globals'
import { type Convention, defineConvention, xmlToValue } from '../../../../../src/codec/xml/conventions.ts'
import { DefinitionError } from '../../../../../src/errors.ts'

const define = (convention: unknown) => () => defineConvention(convention as Convention, 'xml.any')

describe('a convention', () => {
  test.each<Convention>([
    {},
    { convention: 'facet', attributePrefix: '$', lists: ['a.b', ['c.d']], ordered: ['', 'e'], item: false },
    { convention: 'xml2js', explicitArray: false, emptyTag: null, tagNameProcessors: ['stripPrefix', (name) => name] },
    { convention: 'xml2js', xmldec: { standalone: false }, renderOpts: { pretty: false, indent: '\t', newline: '' } },
    { convention: 'badgerfish', namespaces: 'declared' },
    { convention: 'apigee', format: 'yahoo', indent: true },
    { convention: 'apigee', stripLevels: 2, treatAsArray: ['a/b', { path: 'c', unwrap: true }] },
  ])('is taken as it is: %j', (convention) => {
    expect(defineConvention(convention)).toBe(convention)
  })

  test.each<[unknown, string]>([
    [{ convention: 'xml2json' }, "at 'convention' ('xml2json')"],
    [undefined, 'xml.any'],
    [{ explicitArray: false }, "at 'explicitArray' (false): there is no such option"],
    [{ attributePrefix: '' }, "at 'attributePrefix' (''): without a prefix"],
    [{ item: true }, "at 'item' (true)"],
    [{ lists: [''] }, "at 'lists.0' ('')"],
    [{ lists: 'a' }, "at 'lists' ('a')"],
    [{ ordered: [[]] }, "at 'ordered.0'"],
    [{ namespaces: 'none' }, "at 'namespaces' ('none')"],
    [{ convention: 'xml2js', explicitarray: false }, "at 'explicitarray' (false): there is no such option"],
    [{ convention: 'xml2js', validator: () => {} }, "at 'validator'"],
    [{ convention: 'xml2js', attrkey: '' }, "at 'attrkey' ('')"],
    [
      { convention: 'xml2js', tagNameProcessors: ['upper'] },
      "at 'tagNameProcessors.0' ('upper'): a function or one of",
    ],
    [{ convention: 'xml2js', xmldec: { encoding: 'latin1' } }, "at 'xmldec.encoding' ('latin1')"],
    [{ convention: 'xml2js', renderOpts: { indent: '--' } }, "at 'renderOpts.indent' ('--'): white space"],
    [{ convention: 'badgerfish', attrkey: '@' }, "at 'attrkey' ('@'): there is no such option"],
    [{ convention: 'apigee', format: 'xml' }, "at 'format' ('xml')"],
    [{ convention: 'apigee', format: 'google', stripLevels: 1 }, "at 'stripLevels' (1): is said by `format`"],
    [{ convention: 'apigee', stripLevels: -1 }, "at 'stripLevels' (-1)"],
    [{ convention: 'apigee', treatAsArray: ['/a'] }, "at 'treatAsArray.0' ('/a')"],
    [{ convention: 'apigee', namespaceBlockName: '#ns' }, "at 'namespaceBlockName' ('#ns'): namespaces are kept only"],
    [{ convention: 'apigee', defaultNamespaceNodeName: '&' }, "at 'defaultNamespaceNodeName' ('&')"],
    [{ convention: 'apigee', invalidCharsReplacement: '<' }, "at 'invalidCharsReplacement' ('<')"],
    [{ convention: 'apigee', outputPrefix: 'cb(' }, "at 'outputPrefix': it stands beside JSON text"],
  ])('is refused, with what is wrong in it: %j', (convention, message) => {
    expect(define(convention)).toThrow(DefinitionError)
    expect(define(convention)).toThrow(message)
    expect(define(convention)).toThrow(/^xml\.any/)
  })

  test('that nobody has defined is checked when it is first used', () => {
    const convention = { convention: 'xml2js', explicitarray: false } as unknown as Convention
    expect(() => xmlToValue(Buffer.from('<a/>'), undefined, convention)).toThrow("at 'explicitarray'")
  })

  test('has the options of its own only', () => {
    const wrong = [
      // @ts-expect-error an option of xml2js
      { explicitArray: false } satisfies Convention,
      // @ts-expect-error an option of BadgerFish
      { convention: 'xml2js', namespaces: 'active' } satisfies Convention,
      // @ts-expect-error a format and an option
      { convention: 'apigee', format: 'google', stripLevels: 1 } satisfies Convention,
      // @ts-expect-error there is no such processor
      { convention: 'xml2js', valueProcessors: ['upper'] } satisfies Convention,
    ]
    for (const convention of wrong) expect(define(convention)).toThrow(DefinitionError)
  })
})
