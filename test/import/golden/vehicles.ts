// Written by `facet import wsdl vehicles.wsdl`, and from then on yours to edit.
// Service Vehicles, binding VehiclesSoap, port Vehicles (SOAP 1.1), at https://vehicles.example/.
// operation Told: left out, since it is the service that would begin it
// operation Old: left out, since its request has 2 parts in the body
import { env, type Output, soap, xml } from 'facet'
import { z } from 'zod'

const vehicles = soap('vehicles', {
  url: env('VEHICLES_URL'),
  namespace: 'urn:example:vehicles',
})

const Plate = z.string().regex(/^[A-Z]{1,3}-\p{Nd}+$/u)

const SearchRequest = xml.namespace(
  '',
  z.object({
    page: xml.attr(z.uint32()).default(0),
    sort: xml.attr(z.enum(['age', 'power'])).optional(),
    // exactly one of Vin, (Country, Plate), Owner
    Vin: z.string().optional(),
    Country: z.string().optional(),
    Plate: xml.element(Plate, { ns: 'urn:example:vehicles' }).optional(),
    Owner: z.array(z.string()).max(5),
    // all or none of From, Until
    From: z.string().optional(), // xs:date
    Until: z.string().optional(), // xs:date
    // at most one of Electric, Diesel
    Electric: z.boolean().optional(),
    Diesel: z.boolean().optional(),
    // any further attributes: neither read nor written
  }),
)

const Wheel = xml.namespace(
  '',
  z.object({
    Number: z.string(),
    Inches: z.number(),
  }),
)

const Engine = xml.namespace(
  '',
  z.object({
    Number: z.string(),
    Power: z.int().min(0).max(65535),
  }),
)

const Note = z.object({
  lang: xml.attr(z.string(), { ns: 'http://www.w3.org/XML/1998/namespace' }),
  get content() {
    return xml.mixed({
      b: z.string(),
      note: Note,
    })
  },
})

const Vehicle = z.object({
  NoteAttribute: xml.attr(z.string(), { name: 'Note' }).optional(),
  // 1 or more of Wheel, SpareWheel, Engine, in any order
  choice: xml.choice({
    Wheel: xml.element(Wheel, { ns: 'urn:example:vehicles' }),
    SpareWheel: xml.element(Wheel, { ns: 'urn:example:vehicles' }),
    Engine: xml.element(Engine, { ns: 'urn:example:vehicles' }),
  }),
  Note: Note.optional(),
  // any number of Debit, Credit, in any order
  choice2: xml.choice({
    Debit: z.number(),
    Credit: z.number(),
  }),
  // 1 or more times, in this order: Day, Mileage
  choice3: xml.choice({
    Day: z.string(), // xs:date
    Mileage: z.uint32(),
  }),
  Photo: z.array(xml.bytes()).min(1).max(3),
  Extra: xml.any().optional(),
  Main: xml.namespace(
    'urn:example:vehicles',
    z.object({
      // at most one of Wheel, SpareWheel
      Wheel: Wheel.optional(),
      SpareWheel: Wheel.optional(),
    }),
  ),
})

// abstract: always sent as Person, Company (xsi:type), whose own elements are the optional ones at the end; what is
// written cannot say which
const Holder = z.object({
  Since: z.string(), // xs:gYear
  Name: z.string().optional(),
  Register: z.string().optional(),
})

const Found = xml.namespace(
  '',
  z.object({
    Vehicle: z.array(Vehicle),
    Owner: Holder.optional(),
    // any further elements (##other): neither read nor written
  }),
)

const Report = xml.any()

export const search = vehicles.operation('Search', {
  // effect: 'read', if it changes nothing: then it may be cached, retried and shared
  action: 'search',
  request: SearchRequest,
  input: (input: z.input<typeof SearchRequest>) => input,
  answer: { name: 'Found' },
  output: Found,
})
export type Search = Output<typeof search>

export const check = vehicles.operation('Check', {
  // effect: 'read', if it changes nothing: then it may be cached, retried and shared
  action: 'check',
  element: { name: 'Plate' },
  request: Plate,
  input: (input: z.input<typeof Plate>) => input,
  answer: { name: 'Report' },
  output: Report,
})
export type Check = Output<typeof check>
