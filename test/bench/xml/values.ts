import { type Random, randomFrom } from './random.ts'
import type { Invoice, Response, Statement } from './statement.ts'

/** Which characters the values are made of. */
export type Alphabet = 'plain' | 'ascii' | 'latin' | 'wide'

interface Words {
  readonly names: readonly string[]
  readonly streets: readonly string[]
  readonly cities: readonly string[]
  readonly titles: readonly string[]
  readonly notes: readonly string[]
}

const ascii: Words = {
  names: ['Meyer & Sons', 'Northwind Traders', 'Acme GmbH', "O'Hara <Import>"],
  streets: ['Main Street 12', 'Harbour Road 3a', 'Industrial Park 117'],
  cities: ['Dresden', 'Rotterdam', 'Lisbon'],
  titles: [
    'Hex bolt M8x40, zinc plated',
    'Cable duct 40 x 60 mm',
    'Drill & driver set, 32 pieces',
    'Work gloves, size 9',
  ],
  notes: [
    'Thank you for your order.',
    'Partial delivery; remainder follows within 14 days.',
    'Terms: 2 % within 10 days & net 30',
  ],
}

/** `é` is written as a reference, as many a service does with what it does not trust its encoding with. */
const few: Words = {
  names: [...ascii.names, 'Müller & Söhne'],
  streets: [...ascii.streets, 'Königsstraße 8'],
  cities: [...ascii.cities, 'Århus'],
  titles: [...ascii.titles, ...ascii.titles, 'Café table, ø 70 cm'],
  notes: [...ascii.notes, 'Größere Mengen auf Anfrage'],
}

const latin: Words = {
  names: ['Müller & Söhne', 'Ferragem Conceição & Irmãos', 'Björk Ångström AB'],
  streets: ['Königsstraße 8', 'Rua da Conceição 41', 'Ørnevænget 5'],
  cities: ['Århus', 'Köln', 'Málaga', 'Besançon'],
  titles: ['Größenverstellbarer Schlüssel', 'Pâte à modeler, boîte de 12', 'Señal de prohibición, 30 × 30 cm'],
  notes: ['Vielen Dank für Ihren Auftrag. Größere Mengen auf Anfrage', 'Livraison partielle, le reste à la fin août'],
}

const wide: Words = {
  names: ['Παπαδόπουλος & Υιοί', 'ООО «Северная верфь»', '株式会社アクメ'],
  streets: ['Λεωφόρος Συγγρού 12', 'улица Ленина, 5', '丸の内一丁目9番2号'],
  cities: ['Θεσσαλονίκη', 'Санкт-Петербург', '東京', 'Łódź'],
  titles: ['Κλειδί ρυθμιζόμενο 250 χιλ.', 'Перчатки рабочие, размер 9', '六角ボルト M8×40 亜鉛メッキ'],
  notes: ['Ευχαριστούμε για την παραγγελία σας – 2 % έκπτωση', 'Частичная поставка; остаток через 14 дней 🚚'],
}

const WORDS: Record<Alphabet, Words> = { plain: few, ascii, latin, wide }

/** A statement of so many invoices. */
export function statement(seed: number, alphabet: Alphabet, invoices: number): Statement {
  const random = randomFrom(seed)
  const words = WORDS[alphabet]
  const response: Response = {
    requestId: `req-${digits(random, 12)}`,
    Customer: {
      number: `00${digits(random, 5)}`,
      Name: random.pick(words.names),
      Vip: random.oneIn(2),
      Address: {
        Street: random.pick(words.streets),
        Zip: `0${digits(random, 4)}`,
        City: random.pick(words.cities),
        Country: random.pick(['DE', 'NL', 'PT']),
      },
    },
    Period: { from: '2024-01-01', to: '2024-12-31' },
    Invoice: Array.from({ length: invoices }, () => invoice(random, words)),
  }
  return { Body: { GetStatementResponse: response } }
}

function invoice(random: Random, words: Words): Invoice {
  const month = 1 + random.below(11)
  return {
    status: random.pick(['open', 'paid', 'overdue']),
    Number: `2024-00${digits(random, 6)}`,
    Issued: date(month, 1 + random.below(28)),
    Due: date(month + 1, 1 + random.below(28)),
    Amount: { currency: 'EUR', value: cents(random, 1_000_000) },
    Note: random.oneIn(3) ? null : random.pick(words.notes),
    Line: Array.from({ length: random.pick([0, 1, 2, 2, 3, 4, 6]) }, (_, index) => ({
      no: index + 1,
      Sku: `SKU-${digits(random, 5)}`,
      Title: random.pick(words.titles),
      Quantity: 1 + random.below(40),
      Price: cents(random, 50_000),
      ...(random.oneIn(4) && { Discount: cents(random, 1_000) }),
    })),
  }
}

function digits(random: Random, count: number): string {
  return String(random.below(10 ** count)).padStart(count, '0')
}

function cents(random: Random, below: number): number {
  return random.below(below) / 100
}

function date(month: number, day: number): string {
  return `2024-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}
