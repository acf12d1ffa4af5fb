// Written by `facet import wsdl ledger.wsdl`, and from then on yours to edit.
// Service LedgerService, binding LedgerSoapBinding, port Ledger (SOAP 1.1), at http://ledger.example/axis.
import { env, type Output, soap, xml } from 'facet'
import { z } from 'zod'

const ledger = soap('ledger', {
  url: env('LEDGER_URL'),
  namespace: 'urn:example:ledger',
  style: 'rpc',
})

const EntriesRequest = xml.namespace(
  '',
  z.object({
    account: z.string(),
    options: xml.any(),
  }),
)

const Entry = z.object({
  amount: z.number(),
  text: z.string().nullable(),
  tags: xml.wrapped(z.array(z.string()), { item: 'tag', itemNs: '' }).optional(),
  // an encoded array: its items are taken to be called 'item', as most services call them
  get parts() {
    return xml.wrapped(z.array(Entry), { item: 'item', itemNs: '' }).nullable()
  },
})

const EntriesResponse = xml.namespace(
  '',
  z.object({
    // an encoded array: its items are taken to be called 'item', as most services call them
    entriesReturn: xml.wrapped(z.array(Entry), { item: 'item', itemNs: '' }),
  }),
)

export const entries = ledger.operation('entries', {
  // rpc/encoded: what is written does not say its types (xsi:type)
  // the fault LedgerException is not expressed, since its message names no element
  // effect: 'read', if it changes nothing: then it may be cached, retried and shared
  action: '',
  request: EntriesRequest,
  input: (input: z.input<typeof EntriesRequest>) => input,
  output: EntriesResponse,
})
export type Entries = Output<typeof entries>
