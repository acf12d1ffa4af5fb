import { z } from 'zod'
import { valueToXml, xmlToJson, xmlToValue } from '../codec/xml/conventions.ts'
import {
  isXmlName,
  OUTPUT_CHARSETS,
  type OutputCharset,
  type Unsendable,
  vocabulary,
  type XmlLimits,
  xmlDecoder,
  xmlEncoder,
} from '../codec/xml/index.ts'
import { type BackendOptions, defineBackend } from './backend.ts'
import { methods, type Rest } from './rest.ts'
import { limitsOption, slicedAboveOption } from './xml-options.ts'

/** What can be said of a backend that speaks plain XML. */
export interface XmlOptions extends BackendOptions {
  /** The name of the root element of what is sent, `request` if not said. */
  readonly root?: string
  /** The namespace of what is sent; of what is received, namespaces matter where the schema names one. */
  readonly namespace?: string
  /** The prefix that elements in that namespace are written with; without one it is declared as the default. */
  readonly prefix?: string
  /** The encoding of what is sent, UTF-8 if not said. */
  readonly charset?: OutputCharset
  /** What becomes of characters that XML cannot carry: refused if not said, or replaced by U+FFFD. */
  readonly unsendable?: Unsendable
  /** What an answer may have. */
  readonly limits?: XmlLimits
  /**
   * Answers of more bytes than this are read and checked in slices of about a millisecond, so that other requests get their
   * turn in between: 262,144 if not said. `Infinity` reads every answer in one go.
   */
  readonly slicedAbove?: number
}

/**
 * A backend that speaks plain XML over HTTP: the same operations as `rest`, with `output` and `request` directing what
 * the XML means; what plain zod cannot say is said with `xml.attr`, `xml.text` and `xml.element`.
 *
 * @example
 * const rates = xml('rates', { url: env('RATES_URL') })
 * export const exchangeRates = rates.get('/rates', {
 *   input: ({ base }: { base: string }) => ({ query: { base } }),
 *   output: z.object({ Rate: z.array(z.object({ currency: xml.attr(z.string()), value: xml.attr(z.number()) })) }),
 * })
 * @throws DefinitionError with the option and its value
 */
function xmlBackend(name: string, options: XmlOptions): Rest {
  const backend = defineBackend(name, options, {
    root: z.string().optional(),
    namespace: z.string().optional(),
    prefix: z.string().refine(isXmlName, 'a prefix was expected').optional(),
    charset: z.enum(OUTPUT_CHARSETS).optional(),
    unsendable: z.enum(['refuse', 'replace']).optional(),
    limits: limitsOption.optional(),
    slicedAbove: slicedAboveOption.optional(),
  })
  const { root = 'request', namespace = '', prefix, charset = 'utf-8', unsendable = 'refuse', limits = {} } = options
  const { slicedAbove } = options
  const reading = slicedAbove === undefined ? { limits } : { limits, slicedAbove }
  return Object.freeze({
    ...backend,
    ...methods(
      backend,
      (output) => xmlDecoder(output, reading),
      (request) =>
        request
          ? xmlEncoder(request, { local: root, ns: namespace, prefix }, { charset, unsendable })
          : () => {
              throw new TypeError('an XML body needs its shape in `request`')
            },
    ),
  })
}

/** Whole documents without a schema, after a convention. */
const conversions = { toValue: xmlToValue, toJson: xmlToJson, fromValue: valueToXml }

/**
 * `xml(…)` is a backend; `xml.attr`, `xml.text` and `xml.element` say in a schema what only XML has; `xml.toValue` and its kin
 * convert whole documents.
 */
export const xml: typeof xmlBackend & typeof vocabulary & typeof conversions = Object.assign(
  xmlBackend,
  vocabulary,
  conversions,
)
