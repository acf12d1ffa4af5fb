// Written by `facet import wsdl tickets.wsdl`, and from then on yours to edit.
// Service TicketsWebService, binding TicketsSoap12, port TicketsSoap12 (SOAP 1.2), at http://tickets.example/.
import { env, type Output, soap, xml } from 'facet'
import { z } from 'zod'

const tickets = soap('tickets', {
  url: env('TICKETS_URL'),
  namespace: 'urn:example:tickets',
  version: '1.2',
})

const Flags = xml.list(z.array(z.string()).min(1))

const Id = z.string().length(8)

const Priority = z.literal([1, 2, 3])

const Label = z.string().max(12)

const Labels = xml.list(z.array(Label))

const Pair = xml.list(z.array(z.number()).length(2))

const Named = z.enum(['small', "it's"])

const Size = z.union([z.int32(), Named, z.string().regex(/^\p{Nd}+(?:px|em)$/u)])

// not checked: at most 5 digits
const Score = z.number().min(-100).multipleOf(0.01)

const Percent = z.int().min(0).max(100)

const Bounded = z.bigint().min(0n).max(99999999999999999999n)

const Code = z
  .string()
  .regex(/^(?:[^\p{P}\p{Z}\p{C}]+|\*)$/u)
  .regex(/^[[a-z]--[aeiou]]+$/v)

// not checked: the pattern \p{IsKlingon}+, since it has the block 'IsKlingon'
const Odd = z.string()

const Hash = z
  .string()
  .length(32)
  .regex(/^(?:[0-9a-fA-F]{2})*$/) // xs:hexBinary

// not checked of text: at least 2000-01-01
const After = z.string() // xs:date

/** Day and hour. */
const DateType = z.string() // xs:dateTime

// may be sent as Agent (xsi:type), whose own elements are neither read nor written
const Person = z.object({
  id: xml.attr(z.string()).optional(),
  Name: z.string(),
  Mail: z.string().optional(),
})

const Tree = z.object({
  Label: z.string(),
  get Tree() {
    return z.array(Tree)
  },
})

const Ticket = z.object({
  flags: xml.attr(Flags).optional(),
  Id,
  Priority,
  Labels,
  Pair,
  Size,
  Score,
  Percent,
  Big: z.bigint(),
  Bounded,
  Code,
  Odd,
  Hash,
  Took: z.string(), // xs:duration
  After,
  Always: z.literal('yes'),
  // not expressed: an empty element means 'maybe'
  Usually: z.string(),
  Date: DateType,
  Author: Person,
  Tree,
  // not checked: xs:key AnswerKey
  Answers: z
    .object({
      get Ticket() {
        return Ticket.nullable().array().min(1)
      },
    })
    .optional(),
  // any number of Merged, Link, in any order
  get choice() {
    return xml.choice({
      Merged: Ticket,
      Link: z.string(),
    })
  },
})

const OpenRequest = z.object({
  Ticket,
})

const Session = z.object({
  Token: z.string(),
})

const OpenRequestHeader = z.object({
  Session: xml.element(Session, { ns: 'urn:example:common' }),
  Locale: z.string(),
})

const Opened = z.object({
  Ticket,
})

const OpenResponseHeader = z.object({
  Session: xml.element(Session, { ns: 'urn:example:common' }).optional(),
})

const Missing = z.object({
  Id: z.string(),
})

const Reason = z.object({
  lang: xml.attr(z.string()),
  value: xml.text(z.string().max(20)),
})

const PingRequest = z.string()

export interface OpenInput {
  readonly header: z.input<typeof OpenRequestHeader>
  readonly body: z.input<typeof OpenRequest>
}

export const open = tickets.operation('Open', {
  // effect: 'read', if it changes nothing: then it may be cached, retried and shared
  action: 'urn:example:tickets:open',
  requestHeader: OpenRequestHeader,
  header: ({ header }: OpenInput) => header,
  request: OpenRequest,
  input: ({ body }: OpenInput) => body,
  responseHeader: OpenResponseHeader,
  answer: { name: 'Opened' },
  output: Opened,
  faults: {
    // as: 'resource-unknown' beside a detail makes the fault a 404
    Missing: { detail: Missing },
    Refused: { detail: Reason },
  },
})
export type Open = Output<typeof open>

export const ping = tickets.operation('Ping', {
  // effect: 'read', if it changes nothing: then it may be cached, retried and shared
  action: 'urn:example:tickets:ping',
  request: PingRequest,
  input: (input: z.input<typeof PingRequest>) => input,
  oneWay: true,
})
