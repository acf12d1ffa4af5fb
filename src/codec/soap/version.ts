/** What differs between the versions of SOAP. */
export type SoapVersion = '1.1' | '1.2'

/** The namespace of the envelope: SOAP 1.1, section 3; SOAP 1.2 part 1, section 5.1. */
export const ENVELOPES: Readonly<Record<SoapVersion, string>> = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
}

export const VERSIONS: readonly SoapVersion[] = ['1.1', '1.2']

/** The media type of a request, with the action where version 1.2 puts it (RFC 3902). */
export function contentTypeOf(version: SoapVersion, action: string): string {
  if (version === '1.1') return 'text/xml; charset=utf-8'
  return action === ''
    ? 'application/soap+xml; charset=utf-8'
    : `application/soap+xml; charset=utf-8; action="${action}"`
}
