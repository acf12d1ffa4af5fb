/** The SOAP request for a customer's invoices. Customer numbers are digits, so there is nothing to escape. */
export function invoicesRequest(number: string): string {
  return (
    '<?xml version="1.0" encoding="utf-8"?>' +
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>' +
    `<GetInvoices xmlns="urn:acme:billing:v1"><CustomerNo>${number}</CustomerNo></GetInvoices>` +
    '</soap:Body></soap:Envelope>'
  )
}

/** The headers of that request (SOAP 1.1, section 6.1). */
export const INVOICES_HEADERS = {
  accept: 'text/xml',
  'content-type': 'text/xml; charset=utf-8',
  soapaction: '"urn:acme:billing:v1/GetInvoices"',
}
