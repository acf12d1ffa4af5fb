import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { vocabulary as xml } from '../../../../src/codec/xml/index.ts'
import { complaint, read, saxesAccepts } from '../../support/xml.ts'

const SHAPE = 'an XML declaration must say version 1.x, then perhaps the encoding, then perhaps standalone'
const NOT_A_DOCTYPE = 'a DOCTYPE that is not as it must be'

describe('an XML declaration', () => {
  test.each([
    '<?xml version="1.0"?><a/>',
    "<?xml version='1.0' ?><a/>",
    '<?xml version="1.0" encoding="UTF-8"?><a/>',
    '<?xml\n\tversion = "1.0"\r\n encoding\n=\n"utf-8" standalone = \'no\' ?><a/>',
    '<?xml version="1.0" standalone="yes"?>\n<a/>',
    '<?xml version="1.1"?><a/>',
    '<?xml version="1.10"?><a/>',
  ])('%j is one', (document) => {
    expect(complaint(document)).toBe('accepted')
  })

  test.each([
    '<?xml?><a/>',
    '<?xml ?><a/>',
    '<?xml encoding="UTF-8"?><a/>',
    '<?xml version="2.0"?><a/>',
    '<?xml version="1."?><a/>',
    '<?xml version=1.0?><a/>',
    '<?xml version="1.0\'?><a/>',
    '<?xml version="1.0"encoding="UTF-8"?><a/>',
    '<?xml encoding="UTF-8" version="1.0"?><a/>',
    '<?xml version="1.0" standalone="yes" encoding="UTF-8"?><a/>',
    '<?xml version="1.0" standalone="true"?><a/>',
    '<?xml version="1.0" encoding=""?><a/>',
    '<?xml version="1.0" encoding="8859-1"?><a/>',
    '<?xml version="1.0" Encoding="UTF-8"?><a/>',
    '<?xml version="1.0" encoding="UTF-8" a="b"?><a/>',
    '<?xml version="1.0">\n<a/>',
    '<?xml version="1.0"? ><a/>',
    '<?xml version="1.0"',
  ])('%j is none, and is refused', (document) => {
    expect(complaint(document)).toBe(`line 1, column 1: ${SHAPE}`)
    expect(saxesAccepts(document)).toBe(false)
  })

  test('of an unending kind takes no more time than its length', () => {
    const before = performance.now()
    expect(complaint(`<?xml version="1.0"${' '.repeat(200_000)}`)).toBe(`line 1, column 1: ${SHAPE}`)
    expect(performance.now() - before).toBeLessThan(2_000)
  })
})

describe('a DOCTYPE without entities and defaults is accepted, and nothing is fetched for it', () => {
  test.each([
    '<!DOCTYPE a><a/>',
    '<!DOCTYPE a ><a/>',
    '<!DOCTYPE p:a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
    '<!DOCTYPE a PUBLIC "-//W3C//DTD X//EN" "file:///etc/passwd"><a/>',
    `<!DOCTYPE a PUBLIC '-//a' 'b"c'\n><a/>`,
    '<!DOCTYPE a []><a/>',
    '<!DOCTYPE a SYSTEM "b" [ ]\n><a/>',
    '<!DOCTYPE a [<!-- <!ENTITY b "c"> --><?d <!ENTITY ?>]><a/>',
    '<!DOCTYPE a [<!ELEMENT a EMPTY><!ELEMENT b ANY><!ELEMENT c (#PCDATA)><!ELEMENT d (#PCDATA)*>]><a/>',
    '<!DOCTYPE a [<!ELEMENT a (#PCDATA|b | c:d)*><!ELEMENT b (c,(d|e)?,f+)*><!ELEMENT g ( h ) >]><a/>',
    '<!DOCTYPE a [<!ATTLIST a><!ATTLIST a b CDATA #IMPLIED c (x|y | z) #REQUIRED>]><a/>',
    '<!DOCTYPE a [<!ATTLIST a b ID #IMPLIED c IDREF #IMPLIED d NMTOKENS #IMPLIED e NOTATION (f|g) #IMPLIED>]><a/>',
    '<!DOCTYPE a [<!NOTATION b SYSTEM "c"><!NOTATION d PUBLIC "e"><!NOTATION f PUBLIC "g" "h">]><a/>',
    '<!DOCTYPE größe [<!ELEMENT größe (straße)>]><größe/>',
    '<!-- b --><!DOCTYPE a><?c?><a/>',
  ])('%j', (document) => {
    expect(complaint(document)).toBe('accepted')
  })
})

describe('a DOCTYPE is refused', () => {
  test.each([
    ['<!DOCTYPE a [<!ENTITY b "c">]><a/>', '1, column 14'],
    ['<!DOCTYPE a [\n<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', '2, column 1'],
    ['<!DOCTYPE a [<!ENTITY % b "c">]><a/>', '1, column 14'],
    ['<!DOCTYPE größe [<!ELEMENT größe ANY>\n<!ENTITY b "c">]><a/>', '2, column 1'],
  ])('with an entity: %j', (document, place) => {
    expect(complaint(document)).toBe(`line ${place}: an entity is declared, and entities are not read`)
  })

  test('with a parameter entity', () => {
    expect(complaint('<!DOCTYPE a SYSTEM "b" [%c;]><a/>')).toBe(
      'line 1, column 25: a parameter entity is used, and entities are not read',
    )
  })

  test.each([
    '<!DOCTYPE a [<!ATTLIST a b CDATA "c">]><a/>',
    '<!DOCTYPE a [<!ATTLIST a b CDATA #FIXED "c">]><a/>',
    `<!DOCTYPE a [<!ATTLIST a b (c|d) 'c'>]><a/>`,
    '<!DOCTYPE a [<!ATTLIST a x ID #IMPLIED b NMTOKEN "c">]><a/>',
  ])('with a default, which would change what is read: %j', (document) => {
    expect(complaint(document)).toMatch(/: an attribute has a default value, and those are not read$/)
  })

  test.each([
    ['<!DOCTYPE><a/>', NOT_A_DOCTYPE],
    ['<!DOCTYPEa><a/>', NOT_A_DOCTYPE],
    ['<!doctype html><html/>', NOT_A_DOCTYPE],
    ['<!DOCTYPE 1><a/>', NOT_A_DOCTYPE],
    ['<!DOCTYPE a SYSTEM><a/>', "a DOCTYPE must end with '>'"],
    ['<!DOCTYPE a SYSTEM "b><a/>', "a DOCTYPE must end with '>'"],
    ['<!DOCTYPE a PUBLIC "b"><a/>', "a DOCTYPE must end with '>'"],
    ['<!DOCTYPE a PUBLIC "{b}" "c"><a/>', "a DOCTYPE must end with '>'"],
    ['<!DOCTYPE a', "a DOCTYPE must end with '>'"],
    ['<!DOCTYPE a [', 'a DOCTYPE that does not end'],
    ['<!DOCTYPE a [<!ELEMENT a EMPTY>', 'a DOCTYPE that does not end'],
    ['<!DOCTYPE a [<!-- b', 'a comment that does not end'],
    ['<!DOCTYPE a [<!-- b -- c -->]><a/>', "'--' within a comment"],
    ['<!DOCTYPE a [<?xml version="1.0"?>]><a/>', 'a declaration that is not as it must be'],
    ['<!DOCTYPE a [<!WHAT a>]><a/>', 'a declaration that is not as it must be'],
    ['<!DOCTYPE a [text]><a/>', 'a declaration that is not as it must be'],
    ['<!DOCTYPE a [<![INCLUDE[ ]]>]><a/>', 'a declaration that is not as it must be'],
    ['<!DOCTYPE a [<!ELEMENT a>]><a/>', 'a declaration that is not as it must be'],
    ['<!DOCTYPE a [<!ELEMENT a b>]><a/>', 'the content of an element is not declared as it must be'],
    ['<!DOCTYPE a [<!ELEMENT a ()>]><a/>', 'the content of an element is not declared as it must be'],
    ['<!DOCTYPE a [<!ELEMENT a (#PCDATA|b)>]><a/>', 'the content of an element is not declared as it must be'],
    ['<!DOCTYPE a [<!ELEMENT a (b,c|d)>]><a/>', "one group of an element's declaration has ',' or '|'"],
    ['<!DOCTYPE a [<!ELEMENT a EMPTY b>]><a/>', "the declaration of an element must end with '>'"],
    ['<!DOCTYPE a [<!ATTLIST a b CDATA>]><a/>', 'the declaration of an attribute is not as it must be'],
    ['<!DOCTYPE a [<!ATTLIST a b WHAT #IMPLIED>]><a/>', 'the declaration of an attribute is not as it must be'],
    ['<!DOCTYPE a [<!ATTLIST a b (c,d) #IMPLIED>]><a/>', 'the declaration of an attribute is not as it must be'],
    ['<!DOCTYPE a [<!ATTLIST>]><a/>', 'a list of attributes that is not as it must be'],
    ['<!DOCTYPE a [<!-- \u0001 -->]><a/>', 'a character that XML does not have'],
    ['<!DOCTYPE a><!DOCTYPE a><a/>', 'a DOCTYPE that is not before the root element'],
    ['<a/><!DOCTYPE a>', 'a DOCTYPE that is not before the root element'],
  ])('where it is not well-formed: %j', (document, reason) => {
    expect(complaint(document)).toContain(`: ${reason}`)
  })
})

describe('attributes that the DOCTYPE says are no plain text', () => {
  const doctype =
    '<!DOCTYPE r [<!ATTLIST r a NMTOKENS #IMPLIED b CDATA #IMPLIED c (x|y) #IMPLIED><!ATTLIST r b ID #IMPLIED>]>'
  const each = xml.attr(z.string())

  test('lose the blanks that do not count; the first declaration of each counts', () => {
    const schema = z.object({ a: each, b: each, c: each, d: each })
    expect(read(schema, `${doctype}<r a="  1 \n 2&#32; " b="  1  2 " c=" x&#10; " d=" 1 "/>`)).toEqual({
      a: '1 2',
      b: '  1  2 ',
      c: 'x\n',
      d: ' 1 ',
    })
  })

  test('but not those of another element, or of the next document', () => {
    const schema = z.object({ a: each.optional(), s: z.object({ a: each }).optional() })
    expect(read(schema, `${doctype}<r><s a=" 1 "/></r>`)).toEqual({ s: { a: ' 1 ' } })
    expect(read(schema, '<r a=" 1 "/>')).toEqual({ a: ' 1 ' })
  })
})
