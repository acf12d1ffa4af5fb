/** What the schema allows as the status of an invoice. */
export const STATUSES = ['open', 'paid', 'overdue'] as const

/** An invoice as the billing system keeps it. A note of null goes out as `xsi:nil`, which is not the same as an empty one. */
export interface Invoice {
  readonly number: string
  readonly status: (typeof STATUSES)[number]
  readonly amount: string
  readonly due: string
  readonly customer: string
  readonly note: string | null
}

/** The invoices of one running billing system. */
export interface Ledger {
  /** The invoices of a customer; undefined where there is no such customer. */
  invoicesOf(customerNo: string): readonly Invoice[] | undefined
  /** Marks an invoice as paid; false where there is none with this number. */
  pay(invoiceNo: string): boolean
  /** Forgets all payments. */
  reset(): void
}

const FIRST_NUMBER = 123
const DAY = 86_400_000
const TODAY = Date.UTC(2026, 10, 20)

// The names and notes hold what translation gets wrong: letters in Latin-1 and beyond it, on either side of the same word, a
// character outside the basic plane, and markup.
const CUSTOMERS: readonly (readonly [customerNo: string, name: string, invoices: number])[] = [
  ['00001', 'Müller', 12],
  ['00002', 'Łódź', 1],
  ['00003', 'Ærø Havn', 0],
  ['00004', 'Zürich & Söhne', 3],
  ['00005', 'Łódź', 4],
  ['00006', 'Müller', 2],
  ['00007', 'Kraków <Export>', 5],
  ['00008', '€-Shop', 3],
  ['00009', '東京 🚲', 2],
  ['00010', 'Málaga', 4],
]

const NOTES: readonly (string | null)[] = [
  null,
  '',
  'Discount for orders < 100 & returns',
  'Sent again to Müller in Łódź',
  null,
  '2 × "Ware" & Porto, 5 € each',
]

/** Opens the books with the invoices that every start of the billing system has. */
export function openLedger(): Ledger {
  const paid = new Set<string>()
  const ofCustomer = new Map(startingInvoices())
  const numbers = new Set([...ofCustomer.values()].flat().map(({ number }) => number))
  return {
    invoicesOf(customerNo) {
      return ofCustomer
        .get(customerNo)
        ?.map((invoice): Invoice => (paid.has(invoice.number) ? { ...invoice, status: 'paid' } : invoice))
    },
    pay(invoiceNo) {
      if (!numbers.has(invoiceNo)) return false
      paid.add(invoiceNo)
      return true
    },
    reset() {
      paid.clear()
    },
  }
}

/** Numbers run on from customer to customer; of each customer's invoices the first is open and due soon. */
function startingInvoices(): (readonly [string, readonly Invoice[]])[] {
  let next = FIRST_NUMBER
  return CUSTOMERS.map(([customerNo, customer, count]) => {
    const invoices = Array.from({ length: count }, (_, nth): Invoice => {
      const serial = next++
      return {
        number: String(serial).padStart(7, '0'),
        status: STATUSES[nth % STATUSES.length] as Invoice['status'],
        amount: ((1337 + (serial - FIRST_NUMBER) * 1871) / 100).toFixed(2),
        due: new Date(TODAY + DAY * (11 - nth * 15)).toISOString().slice(0, 10),
        customer,
        note: NOTES[nth % NOTES.length] as string | null,
      }
    })
    return [customerNo, invoices] as const
  })
}
