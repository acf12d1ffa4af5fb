import type { z } from 'zod'
import { isXmlName } from '../xml/names.ts'
import { type Name, Writer } from '../xml/writer.ts'
import { elementPart, elementsPart } from './parts.ts'
import { ENVELOPES, type SoapVersion } from './version.ts'

/** An element's name, where it is not what the service's namespace and the operation say. */
export interface SoapElement {
  readonly name?: string
  readonly ns?: string
}

/** What an operation sends. */
export interface SoapRequest {
  readonly version: SoapVersion
  readonly operation: string
  readonly namespace: string
  /** In rpc style an element of the operation's name holds the parts, which are in no namespace (WS-I Basic Profile, R2735). */
  readonly style: 'document' | 'rpc'
  readonly body: z.ZodType
  readonly element?: SoapElement | undefined
  readonly header?: z.ZodType | undefined
}

/** Writes a whole envelope. `security` is the text of a header block, if there is one. */
export type WriteEnvelope = (body: unknown, header: unknown, security: string) => string

type Write = (value: unknown) => string

/**
 * A writer of envelopes: the header before the body, and no header without a block in it.
 *
 * @throws TypeError for a schema that cannot direct XML, or a name that is none
 */
export function envelopeWriter(request: SoapRequest): WriteEnvelope {
  const writer = new Writer()
  const writeBody = bodyWriter(request, writer)
  const writeHeader = headerWriter(request, writer)
  const open = `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="${ENVELOPES[request.version]}">`
  return (body, header, security) => {
    const blocks = security + writeHeader(header)
    const head = blocks === '' ? '' : `<soap:Header>${blocks}</soap:Header>`
    return `${open}${head}<soap:Body>${writeBody(body)}</soap:Body></soap:Envelope>`
  }
}

function bodyWriter({ operation, namespace, style, body, element }: SoapRequest, writer: Writer): Write {
  const name: Name = { local: element?.name ?? operation, ns: element?.ns ?? namespace }
  if (!isXmlName(name.local)) throw new TypeError(`'${name.local}' is not the name of an XML element`)
  const part = style === 'rpc' ? elementsPart('request', body, '', 'write') : elementPart('request', body, 'write')
  return (value) => writer.document(name, value, part)
}

/** Each property of the header's schema is a block, in the service's namespace unless it says another. */
function headerWriter({ header, namespace }: SoapRequest, writer: Writer): Write {
  if (!header) return () => ''
  const { fields, rest } = elementsPart('requestHeader', header, namespace, 'write').shape
  if (rest || fields.some(({ place }) => place !== 'element'))
    throw new TypeError('requestHeader: each block of a header has its property')
  return (value) => {
    const blocks = (value ?? {}) as Readonly<Record<string, unknown>>
    let text = ''
    for (const { key, local, ns = '', prefix, part } of fields)
      text += writer.document({ local, ns, prefix }, blocks[key], part)
    return text
  }
}
