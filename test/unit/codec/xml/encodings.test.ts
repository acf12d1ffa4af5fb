import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { vocabulary as xml, xmlDecoder } from '../../../../src/codec/xml/index.ts'
import { complaint, decoded, read } from '../../support/xml.ts'

/** Bytes that say the same in each encoding: the names of elements and attributes, text and values. */
const encodings: [string, string, (text: string) => Buffer][] = [
  ['utf-8', 'größe straße é', Buffer.from],
  ['utf-16le', 'größe straße é', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['utf-16be', 'größe straße é', (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
  ['utf-16', '請求 番号 円', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['iso-8859-1', 'größe straße é', (text) => Buffer.from(text, 'latin1')],
  ['windows-1252', 'größe Œuvre €', table('windows-1252')],
  ['iso-8859-15', 'größe Œuvre €', table('iso-8859-15')],
  ['iso-8859-2', 'Łódź Wrocław ź', table('iso-8859-2')],
  ['koi8-r', 'счёт номер ж', table('koi8-r')],
  ['windows-1251', 'счёт номер ж', table('windows-1251')],
  ['shift_jis', '請求 番号 円', table('shift_jis')],
  ['euc-jp', '請求 番号 円', table('euc-jp')],
  ['euc-kr', '청구 번호 원', table('euc-kr')],
  ['big5', '請求 番號 元', table('big5')],
  ['gb18030', '请求 编号 元', table('gb18030')],
  ['gbk', '请求 编号 元', table('gbk')],
]

/** An encoder made of the decoder: what one or two bytes stand for. */
function table(label: string): (text: string) => Buffer {
  const decoder = new TextDecoder(label)
  const byText = new Map<string, number[]>()
  for (let first = 0xff; first >= 0; first--) {
    for (let second = 0xff; second >= 0x40 && first >= 0x80; second--) {
      const text = decoder.decode(Uint8Array.of(first, second))
      if (text.length === 1) byText.set(text, [first, second])
    }
  }
  for (let first = 0xff; first >= 0; first--) {
    const text = decoder.decode(Uint8Array.of(first))
    if (text !== '\ufffd') byText.set(text, [first])
  }
  return (text) => Buffer.from([...text].flatMap((character) => byText.get(character) as number[]))
}

describe.each(encodings)('a document in %s', (label, words, encode) => {
  const [element = '', attribute = '', text = ''] = words.split(' ')
  const body = `<r><${element} ${attribute}="${text}&lt;${text}">${text}</${element}><${element} ${attribute}="">${text} 1</${element}></r>`
  const schema = z.object({
    [element]: z.array(z.object({ [attribute]: xml.attr(z.string()), t: xml.text(z.string()) })),
  })
  const expected = {
    [element]: [
      { [attribute]: `${text}<${text}`, t: text },
      { [attribute]: '', t: `${text} 1` },
    ],
  }

  test('has the value that it has in any other', () => {
    expect(read(schema, encode(body), { contentType: `text/xml; charset=${label}` })).toEqual(expected)
    const declaration = `<?xml version="1.0" encoding="${label.startsWith('utf-16') ? 'utf-16' : label}"?>`
    expect(read(schema, encode(declaration + body))).toEqual(expected)
    expect(
      read(schema, encode(`<?xml version="1.0" encoding="utf-7"?>${body}`), {
        contentType: `text/xml; charset=${label}`,
      }),
    ).toEqual(expected)
  })

  test('is told where it is malformed, in characters', () => {
    expect(complaint(encode(`<r>\n<${element}>${text} &</r>`), { contentType: `text/xml; charset=${label}` })).toMatch(
      new RegExp(`^line 2, column ${element.length + 5}: an '&'`),
    )
  })
})

test('one decoder reads documents in one encoding after the other', () => {
  const schema = z.object({ größe: z.array(z.string()) })
  const decode = xmlDecoder(schema)
  const document = '<r><größe>é</größe><größe>ü</größe></r>'
  const both = ['utf8', 'latin1', 'utf16le', 'latin1', 'utf8'] as const
  for (const encoding of both) {
    const label = { utf8: 'utf-8', latin1: 'iso-8859-1', utf16le: 'utf-16le' }[encoding]
    expect(decode(Buffer.from(document, encoding), `text/xml; charset=${label}`)).toEqual({ größe: ['é', 'ü'] })
  }
})

test('what is a name in one encoding is not the name with the same bytes in another', () => {
  const decode = xmlDecoder(z.object({ Ú: z.string().optional() }))
  const same = Buffer.from('<r><Ú>1</Ú></r>')
  expect(decode(same, 'text/xml; charset=utf-8')).toEqual({ Ú: '1' })
  expect(decode(same, 'text/xml; charset=windows-1252')).toEqual({})
  expect(complaint(same, { contentType: 'text/xml; charset=iso-8859-1' })).toContain('line 1, column 6')
})

test.each(['iso-8859-1', 'windows-1252'])('a document in %s that is plain ASCII is like any other', (label) => {
  expect(
    decoded(z.object({ a: z.string() }), '<r><a>1</a></r>', { contentType: `text/xml; charset=${label}` }),
  ).toEqual({
    a: '1',
  })
})

test('characters beyond the sixteen bits are one each', () => {
  const document = `<𐐀 b="😀">😀&amp;😀</𐐀>`
  const schema = z.object({ b: xml.attr(z.string()), t: xml.text(z.string()) })
  for (const bytes of [Buffer.from(document), Buffer.from(`\ufeff${document}`, 'utf16le')])
    expect(read(schema, bytes)).toEqual({ b: '😀', t: '😀&😀' })
})
