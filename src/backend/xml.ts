import { z } from 'zod'
import { vocabulary, xmlDecoder, xmlEncoder } from '../codec/xml/index.ts'
import { type BackendOptions, defineBackend } from './backend.ts'
import { methods, type Rest } from './rest.ts'

/** What can be said of a backend that speaks plain XML. */
export interface XmlOptions extends BackendOptions {
  /** The name of the root element of what is sent, `request` if not said. */
  readonly root?: string
  /** The namespace of what is sent; of what is received, namespaces matter where the schema names one. */
  readonly namespace?: string
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
  const backend = defineBackend(name, options, { root: z.string().optional(), namespace: z.string().optional() })
  const { root = 'request', namespace = '' } = options
  return Object.freeze({
    ...backend,
    ...methods(
      backend,
      (output) => xmlDecoder(output),
      (request) =>
        request
          ? xmlEncoder(request, { local: root, ns: namespace })
          : () => {
              throw new TypeError('an XML body needs its shape in `request`')
            },
    ),
  })
}

/** `xml(…)` is a backend; `xml.attr`, `xml.text` and `xml.element` say in a schema what only XML has. */
export const xml: typeof xmlBackend & typeof vocabulary = Object.assign(xmlBackend, vocabulary)
