import { basename } from 'node:path'
import { createDocuments } from './documents.ts'
import { ImportError } from './import-error.ts'
import { sayNesting } from './nesting.ts'
import { createNotes, type Notes } from './notes.ts'
import type { Comment } from './print/code.ts'
import { moduleText } from './print/module.ts'
import { camelCase, createNames } from './print/names.ts'
import type { Build, Settings } from './shape.ts'
import { loadWsdl, type Wsdl } from './wsdl/definitions.ts'
import { unreadExtensions } from './wsdl/extensions.ts'
import { nameOperations } from './wsdl/operation-names.ts'
import { type Operation, operationsOf } from './wsdl/operations.ts'
import { isExpressible, planOf } from './wsdl/plan.ts'
import { choosePort, type Port } from './wsdl/port.ts'
import { elementReader } from './xsd/element.ts'
import { familiesOf } from './xsd/families.ts'
import { loadSchemas } from './xsd/schemas.ts'

/** Elements in all content models: many times what the largest services have. */
const PARTS = 100_000

/** What to import, and how it is written. */
export interface WsdlImport extends Partial<Settings> {
  /** A path or an http URL. */
  readonly source: string
  /** All operations where there are none. */
  readonly operations?: readonly string[]
  /** The backend's name; made of the service's if not given. */
  readonly name?: string | undefined
  /** The environment variable with the backend's URL; made of its name if not given. */
  readonly variable?: string | undefined
  /** The port; the first for SOAP 1.1, or else 1.2, if not given. */
  readonly port?: string | undefined
}

/** A module, and what could not be expressed in it. */
export interface Imported {
  readonly text: string
  readonly notes: readonly string[]
  /** What was written, in a few words. */
  readonly summary: string
}

/**
 * The TypeScript module of a backend that a WSDL describes. The same documents give the same text.
 *
 * @throws ImportError, in one line, for whatever is wrong with the documents or with what is asked for
 */
export async function importWsdl(wanted: WsdlImport): Promise<Imported> {
  const notes = createNotes()
  const documents = createDocuments()
  const wsdl = await loadWsdl(documents, wanted.source)
  const { port, others } = choosePort(wsdl, wanted.port)
  const operations = operationsOf(wsdl, port, wanted.operations ?? [], notes).filter((operation) =>
    isExpressible(operation, notes),
  )
  if (operations.length === 0)
    throw new ImportError(
      `port ${port.name} has no operation that can be imported: ${notes.lines().join('; ') || 'it has none'}`,
    )
  const schemas = await loadSchemas(documents, wsdl.schemas, notes)
  const build: Build = {
    ...{ schemas, notes, families: familiesOf(schemas), names: createNames() },
    settings: { decimal: wanted.decimal ?? 'number', dates: wanted.dates ?? false },
    ns: namespaceOf(wsdl, operations),
    ...{ declarations: new Map(), proposals: new Map(), open: new Set(), budget: { left: PARTS } },
  }
  const named = nameOperations(build, operations)
  const backend = wanted.name ?? backendName(port, wsdl)
  const constant = camelCase(backend)
  for (const what of unreadExtensions(port)) notes.sayAtHead(`port ${port.name}`, what)
  const head = {
    ...{ backend, version: port.version },
    constant: build.names.take(constant, `${constant}Backend`),
    variable: wanted.variable ?? `${backend.replace(/[^A-Za-z\d]+|(?<=[a-z\d])(?=[A-Z])/g, '_').toUpperCase()}_URL`,
  }
  const read = elementReader(build)
  const plans = named.map((operation) => planOf(build, operation, read))
  sayStyles(operations, notes)
  sayNesting(plans, notes)
  const count = plans.length === 1 ? 'one operation' : `${plans.length} operations`
  const comments = [...headComments(wanted.source, wsdl, port, others), ...notes.head()]
  return {
    text: moduleText(build, { ...head, comments }, plans),
    notes: notes.lines(),
    summary: `${count} of the backend '${backend}', whose URL is read from ${head.variable}`,
  }
}

/** The style is said once, of the service. */
function sayStyles(operations: readonly Operation[], notes: Notes): void {
  const rpc = operations.filter(({ style }) => style === 'rpc')
  if (rpc.length === 0 || rpc.length === operations.length) return
  for (const { name } of rpc)
    notes.sayAtHead(
      `operation ${name}`,
      "rpc among others that are not: for `style: 'rpc'` import it alone (--operation)",
    )
}

/** The namespace of most requests, the first such one. */
function namespaceOf(wsdl: Wsdl, operations: readonly Operation[]): string {
  const counts = new Map<string, number>()
  for (const { style, input } of operations) {
    const ns = style === 'document' ? (input.body[0]?.element?.ns ?? '') : input.wrapper.ns
    if (ns !== '') counts.set(ns, (counts.get(ns) ?? 0) + 1)
  }
  const [best] = [...counts].sort(([, a], [, b]) => b - a)
  return best?.[0] ?? (wsdl.ns || 'urn:unknown')
}

function backendName({ service, portType }: Port, { ns }: Wsdl): string {
  const name = service ?? portType.name.local ?? ns
  const short = name.replace(/(?:Web)?(?:Service|Soap|PortType|Port|Binding)$/i, '')
  const camel = camelCase(short === '' ? name : short)
  return /^[A-Za-z][\w-]*$/.test(camel) ? camel : 'service'
}

function headComments(source: string, { documentation }: Wsdl, port: Port, others: readonly Port[]): Comment[] {
  const said = (text: string): Comment => ({ kind: 'remark', text })
  // What stands behind `?wsdl` may be a secret.
  const name = /^https?:/i.test(source) ? source.replace(/\?.*=.*$/, '') : basename(source)
  const service = port.service === undefined ? '' : `Service ${port.service}, `
  const where = port.address ? `, at ${port.address}` : ''
  return [
    said(`Written by \`facet import wsdl ${name}\`, and from then on yours to edit.`),
    said(
      `${service}${port.service === undefined ? 'B' : 'b'}inding ${port.binding.name.local}, port ${port.name} (SOAP ${port.version})${where}.`,
    ),
    ...(others.length === 0
      ? []
      : [said(`Other ports (--port): ${others.map((other) => `${other.name} (SOAP ${other.version})`).join(', ')}.`)]),
    ...(documentation === '' ? [] : [said(documentation)]),
  ]
}
