import type { z } from 'zod'
import { type SoapContent, type SoapReading, type SoapVersion, soapDecoder } from '../../../src/codec/soap.ts'

/** The namespaces of envelopes. */
export const SOAP_1_1 = 'http://schemas.xmlsoap.org/soap/envelope/'
export const SOAP_1_2 = 'http://www.w3.org/2003/05/soap-envelope'
/** The namespace of the service in these tests. */
export const NS = 'urn:acme:billing:v1'

export function envelope(body: string, { header = '', ns = SOAP_1_1 } = {}): string {
  const head = header === '' ? '' : `<s:Header>${header}</s:Header>`
  return `<s:Envelope xmlns:s="${ns}">${head}<s:Body>${body}</s:Body></s:Envelope>`
}

/** Reads a message that is not so long that it would come as a promise. */
export function decode(
  text: string | Buffer,
  body: z.ZodType | undefined,
  { type, version = '1.1', ...reading }: Partial<SoapReading> & { type?: string; version?: SoapVersion } = {},
): SoapContent {
  const read = soapDecoder({ version, namespace: NS, body, faults: {}, ...reading })
  return read(Buffer.from(text as string), type) as SoapContent
}
