import { z } from 'zod'
import { DefinitionError } from '../../errors.ts'
import { checkOptions } from '../../options.ts'
import { type ApigeeConvention, apigeeSchema } from './convention/apigee/options.ts'
import { ApigeeReader } from './convention/apigee/reader.ts'
import { apigeeRules } from './convention/apigee/rules.ts'
import { apigeeDialect } from './convention/apigee/writer.ts'
import { type BadgerfishConvention, badgerfishSchema } from './convention/badgerfish/options.ts'
import { BadgerfishReader } from './convention/badgerfish/reader.ts'
import { BADGERFISH_DIALECT } from './convention/badgerfish/writer.ts'
import type { Builder } from './convention/builder.ts'
import { facetDialect } from './convention/facet/dialect.ts'
import { type FacetConvention, facetRules, facetSchema } from './convention/facet/options.ts'
import { FacetReader } from './convention/facet/reader.ts'
import { type DocumentPlace, type ElementPlace, type Writers, writersOf } from './convention/writing.ts'
import { type Xml2jsConvention, xml2jsRules, xml2jsSchema } from './convention/xml2js/options.ts'
import { Xml2jsReader } from './convention/xml2js/reader.ts'
import { xml2jsDialect } from './convention/xml2js/writer.ts'
import type { XmlLimits } from './limits.ts'
import { DONE, END, Scanner, START } from './scanner.ts'

/** How JSON and XML stand for each other where no schema says it; Facet's own if none is named. See docs/conventions.md. */
export type Convention = FacetConvention | Xml2jsConvention | BadgerfishConvention | ApigeeConvention

/** A convention, ready to be followed. */
interface Compiled extends Writers {
  readonly reader: (isRoot: boolean) => Builder
}

/** Each convention is compiled once, when it is defined or first met. */
const known = new WeakMap<Convention, Compiled>()

/**
 * Checks a convention of values.
 *
 * @param what whose convention it is, for the message
 * @throws DefinitionError with the option that is wrong and its value
 */
export function defineConvention<C extends Convention>(convention: C, what = 'convention'): C {
  compiled(convention, what)
  const [option] = Object.entries(textOf(convention)).find(([, text]) => text !== '') ?? []
  if (option !== undefined)
    throw new DefinitionError(`${what} at '${option}': it stands beside JSON text, and a value is none; see xmlToJson`)
  return convention
}

/**
 * Reads one element, and all that is in it, to the value that a convention makes of it.
 *
 * @param isRoot whether the value is a whole document: then it may say the root element's name, which otherwise is in the
 *   property that the value is put in
 */
export function conventionBuilder(convention: Convention, isRoot: boolean): Builder {
  return compiled(convention).reader(isRoot)
}

/**
 * Writes a value as one element, after a convention; nothing where the value is undefined.
 *
 * @throws FacetError `input-invalid` for what XML cannot carry, or what the convention has no form for
 */
export function writeConvention(value: unknown, convention: Convention, place: ElementPlace): string {
  return compiled(convention).element(value, place)
}

/**
 * A whole document as the value that a convention makes of it.
 *
 * @throws XmlSyntaxError
 * @throws XmlLimitError
 */
export function xmlToValue(
  bytes: Buffer,
  contentType: string | undefined,
  convention: Convention = {},
  limits?: XmlLimits,
): unknown {
  defineConvention(convention)
  return read(bytes, contentType, convention, limits)
}

/**
 * A whole document as JSON text, with what Apigee's `outputPrefix` and `outputSuffix` put around it.
 *
 * @throws XmlSyntaxError
 * @throws XmlLimitError
 */
export function xmlToJson(
  bytes: Buffer,
  contentType: string | undefined,
  convention: Convention = {},
  limits?: XmlLimits,
): string {
  const { outputPrefix, outputSuffix } = textOf(convention)
  return outputPrefix + JSON.stringify(read(bytes, contentType, convention, limits)) + outputSuffix
}

/**
 * A value as a document, declared as UTF-8.
 *
 * @throws FacetError `input-invalid` for what XML cannot carry, or what the convention has no form for
 */
export function valueToXml(value: unknown, convention: Convention = {}, place: DocumentPlace = {}): string {
  return compiled(convention).document(value, place)
}

function read(bytes: Buffer, contentType: string | undefined, convention: Convention, limits?: XmlLimits): unknown {
  const builder = conventionBuilder(convention, true)
  const scanner = new Scanner(limits)
  scanner.open(bytes, contentType)
  for (let token = scanner.next(); token !== DONE; token = scanner.next()) {
    if (token === START) builder.start(scanner)
    else if (token === END) builder.end()
    else builder.text(scanner.text())
  }
  return builder.value()
}

/** What stands around JSON text. */
function textOf(convention: Convention): { readonly outputPrefix: string; readonly outputSuffix: string } {
  const { outputPrefix = '', outputSuffix = '' } = convention.convention === 'apigee' ? convention : {}
  return { outputPrefix, outputSuffix }
}

function compiled(convention: Convention, what?: string): Compiled {
  const made = known.get(convention) ?? compile(convention, what)
  known.set(convention, made)
  return made
}

const named = z.looseObject({ convention: z.enum(['facet', 'xml2js', 'badgerfish', 'apigee']).optional() })

function compile(convention: Convention, what = 'convention'): Compiled {
  checkOptions(what, convention, named)
  switch (convention.convention) {
    case 'xml2js': {
      checkOptions(what, convention, xml2jsSchema)
      const rules = xml2jsRules(convention)
      return { ...writersOf(xml2jsDialect(convention)), reader: (isRoot) => new Xml2jsReader(rules, isRoot) }
    }
    case 'badgerfish':
      checkOptions(what, convention, badgerfishSchema)
      return { ...writersOf(BADGERFISH_DIALECT), reader: (isRoot) => new BadgerfishReader(convention, isRoot) }
    case 'apigee': {
      checkOptions(what, convention, apigeeSchema(convention))
      const rules = apigeeRules(convention)
      return { ...writersOf(apigeeDialect(convention)), reader: (isRoot) => new ApigeeReader(rules, isRoot) }
    }
    default: {
      checkOptions(what, convention, facetSchema)
      const rules = facetRules(convention)
      return { ...writersOf(facetDialect(rules)), reader: (isRoot) => new FacetReader(rules, isRoot) }
    }
  }
}
