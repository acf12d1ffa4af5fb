import { z } from 'zod'
import { type Convention, defineConvention } from './conventions.ts'
import { isXmlName, isXmlPrefix } from './names.ts'
import { XML_NS, XMLNS_NS } from './namespaces.ts'

/** A name or a namespace that differs from what the schema's place says. */
export interface XmlName {
  /** The local name, where it is not the property's. */
  readonly name?: string
  /** The namespace's URI; '' is none. An element without one is in its parent's, an attribute in none. */
  readonly ns?: string
}

/** How an element or attribute is written, besides. */
export interface XmlPrefixedName extends XmlName {
  /**
   * The prefix that it is written with. Without one an element's namespace is declared as the default one, and an attribute's
   * gets a prefix that is free. Reading ignores it.
   */
  readonly prefix?: string
}

/** The element that each item of a wrapped list is. */
export interface XmlItem extends XmlName {
  /** The local name of an item's element. */
  readonly item: string
  /** The namespace of an item's element, where it is not the wrapper's. */
  readonly itemNs?: string
}

/** The namespace that the elements of an object are in, and the prefix that they are written with. */
export interface Within {
  readonly ns: string
  readonly prefix: string | undefined
}

/** What plain zod cannot say about a value's place in a document. */
export interface XmlPlace extends XmlPrefixedName {
  readonly place?: 'element' | 'attribute' | 'text'
  /** The elements inside are in this namespace, whatever element holds them. */
  readonly children?: Within
  /** A list in an element of its own. */
  readonly wrapped?: { readonly item: string; readonly itemNs?: string }
  /** A list in one text, separated by white space (xs:list). */
  readonly tokens?: true
  /** Elements of several names, in the document's order, perhaps with text between. */
  readonly choice?: { readonly options: Readonly<Record<string, z.ZodType>>; readonly mixed: boolean }
  /** Text that is itself a document. */
  readonly embedded?: { readonly root: string | undefined }
  /** Whatever is there, after a convention. */
  readonly any?: Convention
  readonly bytes?: true
}

const places = new WeakMap<z.core.$ZodType, XmlPlace>()

/** Where a schema's value stands, if it was said, of it or of the one that it was refined from. */
export function placeOf(schema: z.core.$ZodType): XmlPlace | undefined {
  for (let said: z.core.$ZodType | undefined = schema; said; said = said._zod.parent) {
    const place = places.get(said)
    if (place) return place
  }
  return undefined
}

/** Where a schema's value stands, also if it was said inside `.optional()`, `.nullable()` and the like, which wrap it. */
export function findPlace(schema: z.core.$ZodType): XmlPlace | undefined {
  const place = placeOf(schema)
  if (place) return place
  const { def } = (schema as z.core.$ZodTypes)._zod
  if ('innerType' in def) return findPlace(def.innerType)
  if (def.type === 'pipe') return findPlace(def.in) ?? findPlace(def.out)
  return undefined
}

/** Whether what wraps a schema lets it be missing or null. */
export function wrappingOf(schema: z.core.$ZodType): { readonly optional: boolean; readonly nullable: boolean } {
  const { def } = (schema as z.core.$ZodTypes)._zod
  if (def.type === 'pipe') return wrappingOf(def.in)
  if (!('innerType' in def)) return { optional: false, nullable: false }
  const inner = wrappingOf(def.innerType)
  if (def.type === 'nullable') return { ...inner, nullable: true }
  if (def.type === 'nonoptional') return { ...inner, optional: false }
  return def.type === 'optional' || def.type === 'default' || def.type === 'prefault'
    ? { ...inner, optional: true }
    : inner
}

function put<T extends z.core.SomeType>(schema: T, place: XmlPlace): T {
  for (const name of [place.name, place.wrapped?.item, place.embedded?.root]) {
    if (name !== undefined && !isXmlName(name))
      throw new TypeError(`xml: '${name}' is not the name of an XML element or attribute`)
  }
  for (const prefix of [place.prefix, place.children?.prefix]) {
    if (prefix !== undefined && !isXmlPrefix(prefix))
      throw new TypeError(`xml: '${prefix}' is no prefix, or one that XML keeps for itself`)
  }
  if (place.children?.prefix !== undefined && place.children.ns === '')
    throw new TypeError(`xml: the prefix '${place.children.prefix}' has no namespace`)
  for (const ns of [place.ns, place.children?.ns, place.wrapped?.itemNs]) {
    if (ns === XMLNS_NS || (ns === XML_NS && place.place !== 'attribute'))
      throw new TypeError(`xml: the namespace '${ns}' is XML's own`)
  }
  // A clone, since one schema may be an attribute here and an element there.
  const given = schema as unknown as z.ZodType
  const placed = given.clone()
  places.set(placed, { ...placeOf(given), ...place })
  return placed as unknown as T
}

/** The elements of a choice, by name. As weak a type as zod's own, so that a shape may be within itself. */
export type ChoiceOptions = Readonly<Record<string, z.core.SomeType>>

/** One element of a choice: which of them, and what is in it. */
export type Chosen<S extends ChoiceOptions, D extends 'input' | 'output'> = {
  [K in keyof S & string]: {
    readonly name: K
    readonly value: D extends 'input' ? z.core.input<S[K]> : z.core.output<S[K]>
  }
}[keyof S & string]

interface ChoiceInternals<S extends ChoiceOptions, T = never> extends z.core.$ZodTypeInternals {
  output: (T | Chosen<S, 'output'>)[]
  input: (T | Chosen<S, 'input'>)[]
}

/** The type of `xml.choice(…)`. */
export interface XmlChoice<S extends ChoiceOptions> extends z._ZodType<ChoiceInternals<S>> {}

/** The type of `xml.mixed(…)`. */
export interface XmlMixed<S extends ChoiceOptions> extends z._ZodType<ChoiceInternals<S, string>> {}

function chosen(options: ChoiceOptions): z.ZodType {
  const [first, ...more] = Object.entries(options).map(([name, value]) => z.object({ name: z.literal(name), value }))
  if (!first) throw new TypeError('xml: a choice has at least one element')
  return z.discriminatedUnion('name', [first, ...more])
}

/**
 * Says in a schema what only XML has.
 *
 * @example
 * z.object({
 *   Status: xml.attr(z.string(), { name: 'status' }),
 *   Amount: z.object({ currency: xml.attr(z.string()), value: xml.text(z.number()) }),
 *   Extra: xml.element(z.string(), { ns: 'urn:acme:extra' }),
 *   Lines: xml.wrapped(z.array(z.string()), { item: 'Line' }),
 * })
 */
export const vocabulary = {
  /** The value is an attribute of the element. */
  attr: <T extends z.core.SomeType>(schema: T, name: XmlPrefixedName = {}): T =>
    put(schema, { place: 'attribute', ...name }),

  /** The value is the element's own text, beside its attributes. */
  text: <T extends z.core.SomeType>(schema: T): T => put(schema, { place: 'text' }),

  /** The value is a child element whose name or namespace is not what its property and its parent say. */
  element: <T extends z.core.SomeType>(schema: T, name: XmlPrefixedName): T =>
    put(schema, { place: 'element', ...name }),

  /**
   * The elements in this object are in the namespace, whatever element holds them; '' is none.
   *
   * @param prefix that they are written with; without one the namespace is declared as the default one
   */
  namespace: <T extends z.core.SomeType>(ns: string, schema: T, { prefix }: { readonly prefix?: string } = {}): T =>
    put(schema, { children: { ns, prefix } }),

  /** The list stands in an element of its own: `<Lines><Line/><Line/></Lines>`. */
  wrapped: <T extends z.ZodType<readonly unknown[] | undefined | null>>(
    schema: T,
    { item, itemNs, ...name }: XmlItem,
  ): T => put(schema, { wrapped: itemNs === undefined ? { item } : { item, itemNs }, ...name }),

  /** The list stands in one text, its values separated by white space (xs:list). */
  list: <T extends z.ZodType<readonly unknown[] | undefined | null>>(schema: T): T => put(schema, { tokens: true }),

  /**
   * Elements of several names, in the document's order: a list of `{ name, value }`. The property's own name is not in the
   * document.
   *
   * @example
   * z.object({ events: xml.choice({ Debit: z.number(), Credit: z.number() }) })
   */
  choice: <const S extends ChoiceOptions>(options: S): XmlChoice<S> =>
    put(z.array(chosen(options)), { choice: { options: options as never, mixed: false } }) as never,

  /** The same with text between the elements: a list of strings and `{ name, value }`. */
  mixed: <const S extends ChoiceOptions>(options: S): XmlMixed<S> =>
    put(z.array(z.union([z.string(), chosen(options)])), {
      choice: { options: options as never, mixed: true },
    }) as never,

  /**
   * The text is a document of its own, in a CDATA section or escaped; the schema says what is in its root element.
   *
   * @param root the name of the root element, needed where it is written
   */
  embedded: <T extends z.core.SomeType>(schema: T, root?: string): T => put(schema, { embedded: { root } }),

  /** base64Binary, or the part of a multipart answer that stands for it (XOP). */
  bytes: (): z.ZodType<Uint8Array, Uint8Array> => put(z.instanceof(Uint8Array), { bytes: true }),

  /** Whatever is there, after a convention: Facet's own unless another one is named. */
  any: (convention: Convention = {}): z.ZodType<unknown, unknown> =>
    put(z.unknown(), { any: defineConvention(convention, 'xml.any') }),
}
