import type { Invoice } from '../../support/shapes.ts'

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/**
 * The invoices of an answer, by searching for what is known to be there, in the order in which it is known to come.
 * It is the limit because it knows this one document; it is no XML parser. A Latin-1 byte is its own code point, so the
 * bytes become text without decoding.
 */
export function scanInvoices(body: Buffer): Invoice[] {
  const xml = body.toString('latin1')
  const invoices: Invoice[] = []
  let at = xml.indexOf('<Invoice ')
  while (at >= 0) {
    const end = xml.indexOf('</Invoice>', at)
    const amount = xml.indexOf('<Amount ', at)
    invoices.push({
      number: element(xml, '<Number>', at),
      amount: Number(between(xml, '>', '<', amount)),
      currency: between(xml, 'currency="', '"', amount),
      due: element(xml, '<Due>', at),
      status: between(xml, 'status="', '"', at),
      note: noteOf(xml, xml.indexOf('<Note', at)),
    })
    at = xml.indexOf('<Invoice ', end)
  }
  return invoices
}

function element(xml: string, tag: string, from: number): string {
  return between(xml, tag, '<', from)
}

function between(xml: string, before: string, after: string, from: number): string {
  const start = xml.indexOf(before, from) + before.length
  return unescaped(xml.slice(start, xml.indexOf(after, start)))
}

/** `<Note xsi:nil="true"/>` is null, `<Note/>` the empty string. */
function noteOf(xml: string, at: number): string | null {
  const close = xml.indexOf('>', at)
  if (xml.indexOf('nil="true"', at) - at < close - at && xml.slice(at, close).includes('nil="true"')) return null
  if (xml[close - 1] === '/') return ''
  return unescaped(xml.slice(close + 1, xml.indexOf('<', close)))
}

function unescaped(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#x([0-9a-f]+)|#([0-9]+)|([a-z]+));/gi, (whole, hex, decimal, name) => {
    if (name) return NAMED[name] ?? whole
    return String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal))
  })
}
