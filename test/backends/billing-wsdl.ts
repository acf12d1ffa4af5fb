import { STATUSES } from './billing-data.ts'
import { BILLING_NAMESPACE } from './billing-xml.ts'
import { escapeXml } from './xml.ts'

/** What billing offers: each operation with the elements of its request, in order, and the faults it may answer with. */
export const OPERATIONS = {
  GetInvoices: { request: ['CustomerNo'], faults: ['UnknownCustomer', 'InvalidRequest'] },
  PayInvoice: { request: ['InvoiceNo', 'Amount', 'Currency'], faults: ['UnknownInvoice', 'InvalidRequest'] },
} as const

const NAMES = Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[]
const FAULTS = [...new Set(NAMES.flatMap((name) => OPERATIONS[name].faults))]

const SCHEMA = `
    <xs:schema targetNamespace="${BILLING_NAMESPACE}" elementFormDefault="qualified">
      <xs:simpleType name="Key"><xs:restriction base="xs:token"/></xs:simpleType>
      <xs:simpleType name="Currency">
        <xs:restriction base="xs:token"><xs:pattern value="[A-Z]{3}"/></xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Payment">
        <xs:restriction base="xs:decimal">
          <xs:minExclusive value="0"/>
          <xs:pattern value="[0-9]{1,10}(\\.[0-9]{1,2})?"/>
        </xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Status">
        <xs:restriction base="xs:token">${STATUSES.map((value) => `<xs:enumeration value="${value}"/>`).join('')}</xs:restriction>
      </xs:simpleType>
      <xs:complexType name="Money">
        <xs:simpleContent>
          <xs:extension base="xs:decimal"><xs:attribute name="currency" type="tns:Currency" use="required"/></xs:extension>
        </xs:simpleContent>
      </xs:complexType>
      <xs:complexType name="Invoice">
        <xs:sequence>
          <xs:element name="Number" type="tns:Key"/>
          <xs:element name="Amount" type="tns:Money"/>
          <xs:element name="Due" type="xs:date"/>
          <xs:element name="Customer" type="xs:string"/>
          <xs:element name="Note" type="xs:string" nillable="true"/>
        </xs:sequence>
        <xs:attribute name="status" type="tns:Status" use="required"/>
      </xs:complexType>
      <xs:complexType name="Receipt">
        <xs:sequence>
          <xs:element name="ReceiptNo" type="tns:Key"/>
          <xs:element name="InvoiceNo" type="tns:Key"/>
          <xs:element name="Amount" type="tns:Money"/>
          <xs:element name="PaidAt" type="xs:dateTime"/>
        </xs:sequence>
      </xs:complexType>
      ${holder('GetInvoices', '<xs:element name="CustomerNo" type="tns:Key"/>')}
      ${holder('GetInvoicesResponse', '<xs:element name="Invoice" type="tns:Invoice" minOccurs="0" maxOccurs="unbounded"/>')}
      ${holder('PayInvoice', '<xs:element name="InvoiceNo" type="tns:Key"/><xs:element name="Amount" type="tns:Payment"/><xs:element name="Currency" type="tns:Currency"/>')}
      ${holder('PayInvoiceResponse', '<xs:element name="Receipt" type="tns:Receipt"/>')}
      ${holder('UnknownCustomer', '<xs:element name="CustomerNo" type="tns:Key"/>')}
      ${holder('UnknownInvoice', '<xs:element name="InvoiceNo" type="tns:Key"/>')}
      ${holder('InvalidRequest', '<xs:element name="Reason" type="xs:string"/>')}
    </xs:schema>`

/** The description of the service (WSDL 1.1, document/literal) that is reached at `address`. */
export function wsdl(address: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions name="Billing" targetNamespace="${BILLING_NAMESPACE}" xmlns:tns="${BILLING_NAMESPACE}"
  xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
  xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <wsdl:types>${SCHEMA}
  </wsdl:types>
${NAMES.flatMap((name) => [message(`${name}Request`, name), message(`${name}Response`, `${name}Response`)]).join('\n')}
${FAULTS.map((name) => message(`${name}Fault`, name)).join('\n')}
  <wsdl:portType name="BillingPort">
${NAMES.map(abstractOperation).join('\n')}
  </wsdl:portType>
  <wsdl:binding name="BillingBinding" type="tns:BillingPort">
    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
${NAMES.map(boundOperation).join('\n')}
  </wsdl:binding>
  <wsdl:service name="Billing">
    <wsdl:port name="BillingPort" binding="tns:BillingBinding">
      <soap:address location="${escapeXml(address)}"/>
    </wsdl:port>
  </wsdl:service>
</wsdl:definitions>
`
}

function holder(name: string, elements: string): string {
  return `<xs:element name="${name}"><xs:complexType><xs:sequence>${elements}</xs:sequence></xs:complexType></xs:element>`
}

function message(name: string, element: string): string {
  // A fault's one part must be called so that the fault's name says it; `parameters` is what the tools expect elsewhere.
  const part = name.endsWith('Fault') ? 'fault' : 'parameters'
  return `  <wsdl:message name="${name}"><wsdl:part name="${part}" element="tns:${element}"/></wsdl:message>`
}

function abstractOperation(name: keyof typeof OPERATIONS): string {
  const faults = OPERATIONS[name].faults.map(
    (fault) => `\n      <wsdl:fault name="${fault}" message="tns:${fault}Fault"/>`,
  )
  return `    <wsdl:operation name="${name}">
      <wsdl:input message="tns:${name}Request"/>
      <wsdl:output message="tns:${name}Response"/>${faults.join('')}
    </wsdl:operation>`
}

function boundOperation(name: keyof typeof OPERATIONS): string {
  const faults = OPERATIONS[name].faults.map(
    (fault) => `\n      <wsdl:fault name="${fault}"><soap:fault name="${fault}" use="literal"/></wsdl:fault>`,
  )
  return `    <wsdl:operation name="${name}">
      <soap:operation soapAction="${BILLING_NAMESPACE}/${name}"/>
      <wsdl:input><soap:body use="literal"/></wsdl:input>
      <wsdl:output><soap:body use="literal"/></wsdl:output>${faults.join('')}
    </wsdl:operation>`
}
