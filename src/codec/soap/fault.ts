import { z } from 'zod'
import { type BackendFault, type ErrorCode, FacetError } from '../../errors.ts'
import { isXmlName } from '../xml/names.ts'
import { vocabulary } from '../xml/vocabulary.ts'

/** What a Fault can be for Facet's callers: anything but what says that they have left. */
export type FaultCode = Exclude<ErrorCode, 'client-closed'>

/** What becomes of one kind of Fault. */
export interface FaultRule {
  /** The error that it is for Facet's callers, `backend-fault` if not said. */
  readonly as?: FaultCode
  /** The status that a client gets for it (400 to 599), the error's own if not said. */
  readonly status?: number
  /** What is in the element of that name in the Fault's detail. */
  readonly detail?: z.ZodType
  /** The namespace of that element, where it matters. */
  readonly ns?: string
}

/** Kinds of Faults, by the name of the element in their detail, or by the local name of their code or subcode. */
export type FaultTable = Readonly<Record<string, FaultRule>>

interface Code {
  readonly Value?: string | undefined
  readonly Subcode?: Code | undefined
}

type Details = Readonly<Record<string, unknown>>

/** A Fault as it was sent, of either version. */
export interface Fault {
  readonly faultcode?: string
  readonly faultstring?: string
  readonly detail?: Details
  readonly Code?: Code
  readonly Reason?: { readonly Text: readonly string[] }
  readonly Detail?: Details
}

const text = z.string().optional()
const code: z.ZodType<Code> = z.object({
  Value: text,
  get Subcode() {
    return code.optional()
  },
})

/**
 * Faults of SOAP 1.1 (section 4.4) and 1.2 (part 1, section 5.4).
 *
 * @throws TypeError for a detail that no element can have
 */
export function faultSchema(table: FaultTable): z.ZodType {
  const details = Object.entries(table).flatMap(([name, { detail, ns = '*' }]) => {
    // Codes of some services are numbers, or have a colon: those are no names, and no element has them.
    if (isXmlName(name)) return [[name, vocabulary.element((detail ?? z.object({})).optional(), { ns })]]
    if (detail) throw new TypeError(`faults: '${name}' has a detail, and it is not the name of an XML element`)
    return []
  })
  const detail = z.object(Object.fromEntries(details)).optional()
  return z.object({
    faultcode: text,
    faultstring: text,
    detail,
    Code: code.optional(),
    Reason: z.object({ Text: z.array(z.string()) }).optional(),
    Detail: detail,
  })
}

/** The same table for a Fault whose detail is not what it says: the names of elements are there, whatever is in them. */
export function withoutDetails(table: FaultTable): FaultTable {
  const anything = z.array(z.object({}))
  const rules = Object.entries(table).map(([name, rule]) => [
    name,
    isXmlName(name) ? { ...rule, detail: anything } : rule,
  ])
  return Object.fromEntries(rules)
}

/** Words for the log end here: some services send pages of them. */
const LONGEST = 2_000

/**
 * The error that a Fault is. Its words stay in the log; what is in its detail goes to whoever handles the error.
 *
 * @param detailed whether the detail has been read to what the table says of it
 */
export function faultError(fault: Fault, table: FaultTable, detailed: boolean): FacetError {
  const codes = codesOf(fault)
  const details = fault.detail ?? fault.Detail ?? {}
  // The last code says most, and what the detail is called says more than any.
  const names = [...Object.keys(details), ...codes.toReversed().flatMap(namesOf)]
  const name = names.find((candidate) => Object.hasOwn(table, candidate))
  const rule = name === undefined ? {} : (table[name] as FaultRule)
  const words = fault.faultstring ?? fault.Reason?.Text[0] ?? ''
  const detail = detailed && name !== undefined ? checked(details[name], rule) : undefined
  const known: BackendFault = { name, codes, detail }
  tables.set(known, table)
  return new FacetError(rule.as ?? 'backend-fault', {
    detail: `Fault ${codes.join(' ')}: ${words.trim()}`.slice(0, LONGEST),
    ...(rule.status === undefined ? {} : { status: rule.status }),
    fault: known,
  })
}

/** Which table a Fault was read with: it says the type of the detail. */
const tables = new WeakMap<BackendFault, FaultTable>()

/** Whether a Fault was read with this table. */
export function isReadWith(fault: BackendFault, table: FaultTable): boolean {
  return tables.get(fault) === table
}

/** What does not match its schema is left out: the Fault itself is what matters. */
function checked(value: unknown, { detail }: FaultRule): unknown {
  const parsed = detail?.safeParse(value)
  return parsed?.success ? parsed.data : undefined
}

/** The codes of a Fault, the most general first. */
function codesOf({ faultcode, Code }: Fault): readonly string[] {
  const codes = [faultcode]
  for (let at = Code; at; at = at.Subcode) codes.push(at.Value)
  return codes.flatMap((value) => (value === undefined ? [] : [value.trim()]))
}

/** What a code can be called: `soap:Client.A.B` as `Client.A.B`, `B`, `A` and `Client` (SOAP 1.1, section 4.4.1). */
function namesOf(value: string): readonly string[] {
  const local = value.slice(value.indexOf(':') + 1)
  return [value, local, ...local.slice(0, LONGEST).split('.').toReversed()]
}
