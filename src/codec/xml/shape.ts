import type { z } from 'zod'
import type { Convention } from './conventions.ts'
import type { Scalar } from './scalars.ts'
import type { Spelling } from './spelling.ts'

export type { Scalar }

/** What a schema says about the XML of its value; made once, when an operation is defined. */
export type Shape = ScalarShape | ListShape | ObjectShape | EmbeddedShape | AnyShape

/** Text: the first of the scalars that fits is what it stands for. */
export interface ScalarShape {
  readonly kind: 'scalar'
  readonly scalars: readonly Scalar[]
  /** The only texts that are strings, as far as the schema says it: those of its literals and enumerations. */
  readonly texts: ReadonlySet<string> | undefined
  /** A list within the text, separated by white space. */
  readonly tokens: boolean
  /** The schema would make a value even of what does not fit (`z.coerce`), so that it cannot be left to refuse it. */
  readonly coerced: boolean
}

export interface ListShape {
  readonly kind: 'list'
  readonly item: Part
}

export interface ObjectShape {
  readonly kind: 'object'
  /** In the schema's order, which is the order of elements. */
  readonly fields: readonly Field[]
  /** What elements may be in it, in the same order; those of a choice one after the other. */
  readonly elements: readonly ElementField[]
  readonly byName: ReadonlyMap<string, readonly ElementField[]>
  readonly attributes: readonly Field[]
  /** The property that has the element's own text. */
  readonly text: Field | undefined
  /** The property that has the text between elements as well. */
  readonly mixed: Field | undefined
  /** Whether text of its own is kept at all. */
  readonly keepsText: boolean
  /** Whether it has attributes and text, and no elements. */
  readonly isLeaf: boolean
  /** What is put in or missed when an element has ended: empty lists, and what the schema would make up out of nothing. */
  readonly completed: readonly Field[]
  /** What every other element is: the values of a record. */
  readonly rest: ElementField | undefined
  /** The one property whose value is the object's: a wrapped list. */
  readonly unwrap: string | undefined
  /** Elements that the schema does not mention, as they were spelt when they were met: most come again. */
  readonly unknown: Spelling[]
  /** A property has a name that every object has already; without a prototype it is like any other. */
  readonly bare: boolean
}

/** Text that is a document of its own. */
export interface EmbeddedShape {
  readonly kind: 'embedded'
  /** The name of its root element, where it is written. */
  readonly root: string | undefined
  readonly part: Part
}

/** Whatever is there, after a convention. */
export interface AnyShape {
  readonly kind: 'any'
  readonly convention: Convention
}

/** A shape, and whether it may be missing or nil. */
export interface Part {
  readonly shape: Shape
  readonly optional: boolean
  readonly nullable: boolean
}

/** One property of an object: where it stands and what it is. */
export interface Field {
  readonly key: string
  readonly place: 'element' | 'attribute' | 'text' | 'choice'
  readonly local: string
  /** Undefined: an element in its parent's namespace, an attribute in none. */
  readonly ns: string | undefined
  readonly prefix: string | undefined
  readonly part: Part
  /** The elements of a choice. */
  readonly options: readonly ElementField[]
  /** What its text is, if it has nothing but text, and its tags without a prefix. */
  readonly scalar: ScalarShape | undefined
  readonly startTag: string
  readonly endTag: string
  /** A choice that has the text between its elements too. */
  readonly mixed: boolean
  /** Of a union whose alternatives have a mark: those that have this property. */
  readonly only: Mark | undefined
}

/** What a property says about the alternative of a union that an object is. */
export interface Mark {
  /** The property that says it. */
  readonly key: string
  readonly values: ReadonlySet<unknown>
}

/** An element that an object may have. */
export interface ElementField {
  /** The property that it belongs to. */
  readonly field: Field
  /** Which of a choice's elements it is. */
  readonly option: string | undefined
  readonly local: string
  readonly ns: string | undefined
  readonly prefix: string | undefined
  readonly part: Part
  /** Whether the property is a list to which each element adds one item. */
  readonly repeats: boolean
  /** What its text is, if it has nothing but text. */
  readonly scalar: ScalarShape | undefined
  /** The namespaces that are said of other elements of the same name. */
  readonly rivals: readonly string[] | undefined
  /** How its name was spelt when it was met last. */
  spelling: Spelling | undefined
}

/** `read`: what a document's text becomes before the schema checks it. `write`: what the schema gives, on its way out. */
export type Direction = 'read' | 'write'

/** Says that a schema cannot direct XML, and where. */
export function unsupported(path: string, why: string): TypeError {
  return new TypeError(`the schema${path === '' ? '' : ` at ${path}`} ${why}`)
}

export type Schema = z.core.$ZodType
