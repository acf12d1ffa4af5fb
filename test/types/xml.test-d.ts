// What schemas with the vocabulary of XML infer: the same as without it, exactly.
import { type Input, type Output, xml } from 'facet'
import { z } from 'zod'
import { check, checkNotAny, type Equal } from './equal.ts'

type Out<S extends z.ZodType> = z.output<S>
type In<S extends z.ZodType> = z.input<S>

// Places leave a schema as it is: its kind, with its methods, before and after.
const attr = xml.attr(z.string().min(1), { name: 'a', ns: 'urn:a' })
check<Equal<typeof attr, z.ZodString>>()
const text = xml.text(z.number()).max(5)
check<Equal<typeof text, z.ZodNumber>>()
const element = xml.element(z.enum(['a', 'b']).optional(), { name: 'E', ns: 'urn:e', prefix: 'e' })
check<Equal<Out<typeof element>, 'a' | 'b' | undefined>>()
const namespace = xml.namespace('urn:n', z.object({ a: z.string() }))
check<Equal<Out<typeof namespace>, { a: string }>>()
check<Equal<Out<ReturnType<typeof namespace.pick<{ a: true }>>>, { a: string }>>()
const transformed = xml.attr(z.string()).transform((value) => value.length)
check<Equal<[In<typeof transformed>, Out<typeof transformed>], [string, number]>>()
const defaulted = xml.attr(z.number().default(1))
check<Equal<[In<typeof defaulted>, Out<typeof defaulted>], [number | undefined, number]>>()

// Lists: flat, in an element of their own, in one text.
const wrapped = xml.wrapped(z.array(z.object({ id: z.string() })).min(1), {
  item: 'Line',
  itemNs: 'urn:i',
  name: 'Lines',
})
check<Equal<Out<typeof wrapped>, { id: string }[]>>()
const wrappedOrNot = xml.wrapped(z.array(z.number()).nullish(), { item: 'i' })
check<Equal<Out<typeof wrappedOrNot>, number[] | null | undefined>>()
const wrappedDefault = xml.wrapped(z.array(z.number()), { item: 'i' }).min(1).default([])
check<Equal<[In<typeof wrappedDefault>, Out<typeof wrappedDefault>], [number[] | undefined, number[]]>>()
const list = xml.list(z.array(z.union([z.literal('auto'), z.number()])).max(3))
check<Equal<Out<typeof list>, ('auto' | number)[]>>()
const listOrNot = xml.list(z.array(z.date()).readonly().optional())
check<Equal<Out<typeof listOrNot>, readonly Date[] | undefined>>()

// A choice is a list of names with their values; what comes in may be another thing than what comes out.
const choice = xml.choice({
  Debit: z.number(),
  Credit: z.string().transform(Number),
  Note: xml.element(z.string(), { name: 'N' }),
})
type Chosen<Credit> =
  | { readonly name: 'Debit'; readonly value: number }
  | { readonly name: 'Credit'; readonly value: Credit }
  | { readonly name: 'Note'; readonly value: string }
check<Equal<Out<typeof choice>, Chosen<number>[]>>()
check<Equal<In<typeof choice>, Chosen<string>[]>>()
const mixed = xml.mixed({ b: z.object({ id: xml.attr(z.string()) }) })
check<Equal<Out<typeof mixed>, (string | { readonly name: 'b'; readonly value: { id: string } })[]>>()
const choiceOrNot = z.object({ c: choice.optional() })
check<Equal<Out<typeof choiceOrNot>, { c?: Chosen<number>[] | undefined }>>()

// A name narrows what its value is.
for (const item of choice.parse([])) if (item.name === 'Note') check<Equal<typeof item.value, string>>()

// Documents in text, bytes, whatever there is.
const embedded = xml.embedded(z.object({ n: z.array(z.number()) }).optional(), 'root')
check<Equal<Out<typeof embedded>, { n: number[] } | undefined>>()
const bytes = xml.bytes()
check<Equal<[In<typeof bytes>, Out<typeof bytes>], [Uint8Array, Uint8Array]>>()
const any = xml.any()
check<Equal<Out<typeof any>, unknown>>()

// What leads back to itself, through the vocabulary too; what may be missing is said around it, or TypeScript gives up.
const Node = z.object({
  name: xml.attr(z.string()),
  get children() {
    return xml.wrapped(z.array(Node), { item: 'node' })
  },
  get next() {
    return xml.element(xml.namespace('urn:n', Node), { name: 'Next' }).optional()
  },
  get either() {
    return xml.choice({ one: Node, other: z.number() })
  },
  get text() {
    return xml.mixed({ b: Node })
  },
  get inside() {
    return xml.embedded(Node, 'node').optional()
  },
})
type Node = Out<typeof Node>
check<Equal<Node['children'][number]['children'], Node['children']>>()
check<Equal<NonNullable<Node['next']>['name'], string>>()
check<Equal<Extract<Node['either'][number], { name: 'one' }>['value']['name'], string>>()
check<Equal<NonNullable<Node['inside']>['children'], Node['children']>>()

// All of it within an operation.
const operation = xml('x', { url: 'http://localhost' }).get('/a/:id', {
  output: z.object({ attr, text, wrapped, list, mixed, embedded, bytes, list2: z.array(namespace) }),
})
check<Equal<keyof Input<typeof operation>, 'id'>>()
check<Equal<Output<typeof operation>['list'], ('auto' | number)[]>>()
checkNotAny<Omit<Output<typeof operation>, 'bytes'>>('no any')
checkNotAny<[Out<typeof choice>, In<typeof choice>, Out<typeof mixed>, Out<typeof any>]>('no any')

// @ts-expect-error a list of values is in one namespace, not in one for each
xml.namespace(['urn:a'], z.object({}))
// @ts-expect-error a misspelt option
xml.element(z.string(), { nmae: 'x' })
// @ts-expect-error the items of a list in an element of its own have a name
xml.wrapped(z.array(z.string()), {})
// @ts-expect-error only a list stands in an element of its own
xml.wrapped(z.string(), { item: 'i' })
// @ts-expect-error only a list stands in one text
xml.list(z.string())
// @ts-expect-error an element's other name is said
xml.element(z.string())
// @ts-expect-error a namespace is of an object
xml.namespace(z.object({}))
// @ts-expect-error elements have schemas
xml.choice({ a: 'string' })
