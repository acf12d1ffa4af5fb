import type { Notes } from './notes.ts'
import type { Code, Comment } from './print/code.ts'
import type { Names } from './print/names.ts'
import type { QName } from './qname.ts'
import type { Builtin } from './xsd/builtin.ts'
import type { Facets } from './xsd/facets.ts'
import type { Families } from './xsd/families.ts'
import type { Schemas } from './xsd/schemas.ts'

/** What an element or attribute holds: between the schema that was read and the text that is written. */
export type Shape = ValueShape | NamedShape | ObjectShape | ArrayShape

/** Plain text, or whatever is there: an expression that stands for itself. */
export interface ValueShape {
  readonly kind: 'value'
  readonly code: Code
  /** The built-in type that the expression does not tell of: `xs:date`. */
  readonly telling?: string | undefined
  readonly comments: readonly Comment[]
  readonly simple?: Simple | undefined
  /** The constants that the expression speaks of. */
  readonly uses?: readonly Declaration[]
}

/** A constant of the module. */
export interface NamedShape {
  readonly kind: 'named'
  readonly declaration: Declaration
}

/** Elements and attributes. */
export interface ObjectShape {
  readonly kind: 'object'
  readonly fields: readonly Field[]
  /** What cannot be expressed, said at the end. */
  readonly remarks: readonly Comment[]
  /** The namespace that its elements are in if they say nothing, where whoever uses it decides that. */
  readonly ns?: string
}

/** A list in an element of its own, as rpc/encoded writes arrays. */
export interface ArrayShape {
  readonly kind: 'array'
  readonly item: Shape
  /** The name of an item's element. */
  readonly name: QName
  readonly comments: readonly Comment[]
}

/** A constant: a type of the schema, or an element with a type of its own. */
export interface Declaration {
  readonly name: string
  comments: readonly Comment[]
  shape: Shape | undefined
  /** The namespaces of the elements that have this type. */
  readonly holders: Set<string>
}

/** A simple type with all that restricts it (XML Schema part 2, section 4.1). */
export interface Simple {
  /** What it comes from in the end; text for lists and unions. */
  readonly builtin: Builtin
  /** Of a list: the type of its items. */
  readonly item?: SimpleUse
  /** Of a union: the types of its members. */
  readonly members?: readonly SimpleUse[]
  readonly facets: Facets
}

/** A simple type where it is used: by the name of a constant, or as it is. */
export interface SimpleUse {
  readonly simple: Simple
  readonly declaration?: Declaration
}

/** One property of an object. */
export interface Field {
  readonly place: 'element' | 'attribute' | 'text' | 'choice' | 'mixed'
  /** The name in the document; of a choice and of text, a proposal for the property's. */
  readonly name: QName
  readonly shape: Shape
  readonly min: number
  /** `Infinity` for unbounded. */
  readonly max: number
  readonly isNillable: boolean
  readonly comments: readonly Comment[]
  /** The value of an attribute that is not there. */
  readonly fallback?: Code
  /** What a choice chooses from. */
  readonly options?: readonly Field[]
}

/** How to write what can be written in more than one way. */
export interface Settings {
  /** xs:decimal: JavaScript's number, or text that keeps every digit. */
  readonly decimal: 'number' | 'string'
  /** xs:dateTime as a Date, and not as text. */
  readonly dates: boolean
}

/** All that the steps of one import share. */
export interface Build {
  readonly schemas: Schemas
  readonly families: Families
  readonly notes: Notes
  readonly names: Names
  readonly settings: Settings
  /** By kind and expanded name. */
  readonly declarations: Map<string, Declaration>
  /** Better names for what an operation sends and gets, should its own be taken; by the same keys. */
  readonly proposals: Map<string, string>
  /** The backend's namespace. */
  readonly ns: string
  /** How many more parts of content models may be read. */
  readonly budget: { left: number }
  /** What is being looked at within one constant, to notice what leads back to itself. */
  readonly open: Set<string>
}
