import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Imported, importWsdl, type WsdlImport } from '../../src/import/import-wsdl.ts'

/** The namespace of everything in `describedService`. */
export const NS = 'urn:test'

const made: string[] = []

/** Writes files into a folder of its own, and says where it is. */
export function writtenFiles(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'facet-import-')))
  made.push(folder)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

/** Removes every folder: for `afterAll`. */
export function removeWritten(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
}

/** A WSDL, document/literal, with an operation `Do` whose element `Do` a schema declares; it answers with an empty `Done`. */
export function describedService(schema: string, attributes = 'elementFormDefault="qualified"'): string {
  const done = '<xs:element name="Done"><xs:complexType/></xs:element>'
  return `<d:definitions targetNamespace="${NS}" xmlns:d="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:t="${NS}" xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <d:types><xs:schema targetNamespace="${NS}" ${attributes}>${schema}${done}</xs:schema></d:types>
  <d:message name="In"><d:part name="p" element="t:Do"/></d:message>
  <d:message name="Out"><d:part name="p" element="t:Done"/></d:message>
  <d:portType name="Test"><d:operation name="Do"><d:input message="t:In"/><d:output message="t:Out"/></d:operation></d:portType>
  <d:binding name="Test" type="t:Test"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <d:operation name="Do"><s:operation soapAction="do"/><d:input><s:body use="literal"/></d:input><d:output><s:body use="literal"/></d:output></d:operation>
  </d:binding>
  <d:service name="Test"><d:port name="Test" binding="t:Test"><s:address location="http://test.example/"/></d:port></d:service>
</d:definitions>`
}

/** Imports a WSDL that is given as text. */
export function importText(text: string, options: Omit<WsdlImport, 'source'> = {}): Promise<Imported> {
  return importWsdl({ source: join(writtenFiles({ 'test.wsdl': text }), 'test.wsdl'), ...options })
}

/** Imports a service whose request is what a schema says, and gives what is written of the request. */
export async function importRequest(
  schema: string,
  options: Omit<WsdlImport, 'source'> & { attributes?: string } = {},
): Promise<Imported & { request: string }> {
  const { attributes, ...more } = options
  const imported = await importText(describedService(schema, attributes), more)
  return { ...imported, request: constantIn(imported.text, 'DoRequest') }
}

/** The request's members, for a content model and what else the schema declares. */
export async function importMembers(content: string, declared = '', options: Omit<WsdlImport, 'source'> = {}) {
  const schema = `<xs:element name="Do"><xs:complexType>${content}</xs:complexType></xs:element>${declared}`
  const { request, notes, text } = await importRequest(schema, options)
  const lines = request.split('\n').slice(1, -1)
  return { members: lines.map((line) => line.replace(/^ {2}/, '')), notes, text }
}

/** What a constant of a module is, without its name. */
export function constantIn(text: string, name: string): string {
  const [, code] = new RegExp(`^const ${name} = ((?:.*\n)+?)(?:\n|$)`, 'm').exec(text) ?? []
  if (code === undefined) throw new Error(`there is no constant ${name} in:\n${text}`)
  return code.trimEnd()
}
