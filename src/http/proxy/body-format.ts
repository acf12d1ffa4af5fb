import { parseJson, stringify } from '../../codec/json.ts'
import { onlyProperty } from '../../codec/xml/convention/writing.ts'
import { valueToXml } from '../../codec/xml/conventions.ts'
import { type Unsendable, vocabulary, xmlDecoder } from '../../codec/xml/index.ts'
import type { Format } from '../../endpoint/client.ts'
import type { TransformSettings } from '../../endpoint/proxy-transform-options.ts'
import type { CancelToken } from '../../lib/cancel.ts'
import { isToken, quoted } from '../../lib/headers.ts'
import { parametersOf } from '../../lib/media-type.ts'

/** Pages and pictures: their order and their mixed content are what matters, and no value keeps them. */
const DOCUMENTS: ReadonlySet<string> = new Set(['application/xhtml+xml', 'image/svg+xml'])

/** What a body is by its media type (RFC 6839 for the suffixes); undefined for what is passed on untouched. */
export function formatOf(contentType: string | undefined): Format | undefined {
  const type = essenceOf(contentType ?? '')
  if (type === 'application/json' || type === 'text/json' || /^[^/]+\/[^/]+\+json$/.test(type)) return 'json'
  if (DOCUMENTS.has(type)) return undefined
  return type === 'application/xml' || type === 'text/xml' || /^[^/]+\/[^/]+\+xml$/.test(type) ? 'xml' : undefined
}

/**
 * The media type of a body that was written anew: UTF-8, which JSON does not say (RFC 8259, section 11).
 *
 * @param given what it had, whose other parameters are kept
 */
export function writtenType(given: string, format: Format): string {
  let type = essenceOf(given)
  for (const [name, value] of Object.entries(parametersOf(given)))
    if (name !== 'charset') type += `; ${name}=${isToken(value) ? value : quoted(value)}`
  return format === 'xml' ? `${type}; charset=utf-8` : type
}

/** The media type of a body that was translated. @param xml what a route says of its XML */
export function translatedType(format: Format, xml: string): string {
  return format === 'json' ? 'application/json' : writtenType(xml, format)
}

function essenceOf(contentType: string): string {
  return contentType.split(/[;,]/, 1)[0]?.trim().toLowerCase() ?? ''
}

/** Bytes to values and values to text, by a route's convention. */
export interface BodyFormats {
  /**
   * @throws SyntaxError for what is not JSON
   * @throws FacetError `backend-malformed` for what is not XML, with what is wrong as its cause
   */
  read(format: Format, bytes: Buffer, contentType: string | undefined, token: CancelToken): unknown
  /** @throws FacetError `input-invalid`, RangeError or TypeError for what cannot be written */
  write(format: Format, value: unknown, unsendable: Unsendable): string
  canWrite(format: Format, value: unknown, unsendable: Unsendable): boolean
}

/** Settles how the bodies of a route are read and written. */
export function bodyFormats({ convention, root }: TransformSettings): BodyFormats {
  const decodeXml = xmlDecoder(vocabulary.any(convention))
  const takesAny = convention.convention !== 'badgerfish'
  const rootOf = (value: unknown) => root ?? (takesAny && onlyProperty(value) === undefined ? 'root' : undefined)
  const write: BodyFormats['write'] = (format, value, unsendable) =>
    format === 'json' ? stringify(value) : valueToXml(value, convention, { root: rootOf(value), unsendable })
  return {
    write,
    canWrite: (...written) => {
      try {
        write(...written)
        return true
      } catch {
        return false
      }
    },
    read: (format, bytes, contentType, token) =>
      format === 'json' ? parseJson(bytes) : decodeXml(bytes, contentType, token),
  }
}
