import { z } from 'zod'
import { functionOption } from '../../../../options.ts'
import { BUILT_IN, type BuiltIn, compose, type NameProcessor, type Process, type ValueProcessor } from './processors.ts'

/** The convention of xml2js 0.6, with its options and their defaults; see docs/conventions.md for what differs. */
export interface Xml2jsConvention {
  readonly convention: 'xml2js'
  /** Every element is in a list, also where there is one only; true if not said. */
  readonly explicitArray?: boolean
  /** A whole document is an object with the root element's name as its property; true if not said. */
  readonly explicitRoot?: boolean
  /** Attributes are properties of the element itself; false if not said. */
  readonly mergeAttrs?: boolean
  /** The property that has the attributes; `$` if not said. */
  readonly attrkey?: string
  /** The property that has text beside something else; `_` if not said. */
  readonly charkey?: string
  /** Text is always in that property; false if not said. */
  readonly explicitCharkey?: boolean
  readonly trim?: boolean
  /** White space within text as one blank, and none around it; false if not said. */
  readonly normalize?: boolean
  /** Names of elements in lower case; false if not said. */
  readonly normalizeTags?: boolean
  readonly ignoreAttrs?: boolean
  /** Child elements are in a property of their own; false if not said. */
  readonly explicitChildren?: boolean
  /** The name of that property; `$$` if not said. */
  readonly childkey?: string
  /** With explicitChildren: besides, a list of them in the document's order; false if not said. */
  readonly preserveChildrenOrder?: boolean
  /** With explicitChildren: text is among the children; false if not said. */
  readonly charsAsChildren?: boolean
  /** With charsAsChildren: white space too; false if not said. */
  readonly includeWhiteChars?: boolean
  /** Names with their namespaces: `$ns`, and attributes as objects; false if not said. */
  readonly xmlns?: boolean
  /** The value of an empty element; `''` if not said. A function makes one for each. */
  readonly emptyTag?: string | null | (() => unknown)
  readonly tagNameProcessors?: readonly NameProcessor[]
  readonly attrNameProcessors?: readonly NameProcessor[]
  readonly valueProcessors?: readonly ValueProcessor[]
  readonly attrValueProcessors?: readonly ValueProcessor[]
  /** Writing: the root element of a value that does not say one; `root` if not said. */
  readonly rootName?: string
  /** Writing: text with markup in it as CDATA sections; false if not said. */
  readonly cdata?: boolean
  /** Writing: without an XML declaration; false if not said. */
  readonly headless?: boolean
  /** Writing: what the declaration says. */
  readonly xmldec?: { readonly version?: '1.0'; readonly encoding?: 'UTF-8'; readonly standalone?: boolean }
  /** Writing: the layout; pretty if not said, and not if something else of it is said; two blanks and line feeds. */
  readonly renderOpts?: { readonly pretty?: boolean; readonly indent?: string; readonly newline?: string }
}

const nameProcessors = z.array(processor<NameProcessor>()).optional()
const valueProcessors = z.array(processor<ValueProcessor>()).optional()
const flag = z.boolean().optional()
const key = z.string().min(1).optional()
const white = z.string().regex(/^[ \t\r\n]*$/, 'white space was expected')

/** What may be said, for the check. */
export const xml2jsSchema = z.strictObject({
  convention: z.literal('xml2js'),
  explicitArray: flag,
  explicitRoot: flag,
  mergeAttrs: flag,
  attrkey: key,
  charkey: key,
  explicitCharkey: flag,
  trim: flag,
  normalize: flag,
  normalizeTags: flag,
  ignoreAttrs: flag,
  explicitChildren: flag,
  childkey: key,
  preserveChildrenOrder: flag,
  charsAsChildren: flag,
  includeWhiteChars: flag,
  xmlns: flag,
  emptyTag: z.union([z.string(), z.null(), functionOption<() => unknown>()]).optional(),
  tagNameProcessors: nameProcessors,
  attrNameProcessors: nameProcessors,
  valueProcessors,
  attrValueProcessors: valueProcessors,
  rootName: key,
  cdata: flag,
  headless: flag,
  xmldec: z
    .strictObject({ version: z.literal('1.0').optional(), encoding: z.literal('UTF-8').optional(), standalone: flag })
    .optional(),
  renderOpts: z.strictObject({ pretty: flag, indent: white.optional(), newline: white.optional() }).optional(),
})

function processor<T extends NameProcessor | ValueProcessor>(): z.ZodType<T> {
  const names = Object.keys(BUILT_IN) as BuiltIn[]
  return z.custom<T>(
    (value) => typeof value === 'function' || names.includes(value as BuiltIn),
    `a function or one of ${names.join(', ')} was expected`,
  )
}

/** What reading goes by. */
export interface Xml2jsRules extends Xml2jsConvention {
  readonly attrkey: string
  readonly charkey: string
  readonly childkey: string
  readonly explicitArray: boolean
  readonly explicitRoot: boolean
  readonly tagName: Process | undefined
  readonly attrName: Process | undefined
  readonly value: Process | undefined
  readonly attrValue: Process | undefined
}

export function xml2jsRules(convention: Xml2jsConvention): Xml2jsRules {
  const { tagNameProcessors = [], normalizeTags = false } = convention
  return {
    ...convention,
    attrkey: convention.attrkey ?? '$',
    charkey: convention.charkey ?? '_',
    childkey: convention.childkey ?? '$$',
    explicitArray: convention.explicitArray ?? true,
    explicitRoot: convention.explicitRoot ?? true,
    tagName: compose(normalizeTags ? ['normalize', ...tagNameProcessors] : tagNameProcessors),
    attrName: compose(convention.attrNameProcessors),
    value: compose(convention.valueProcessors),
    attrValue: compose(convention.attrValueProcessors),
  }
}
