import { readDocument } from '../../src/codec/xml/index.ts'
import { FacetError } from '../../src/errors.ts'
import { contentDifference, type Element } from './content.ts'
import { decoders } from './decoders.ts'
import { isExplained } from './explained.ts'
import { judge } from './judge.ts'
import { foreignPrototype, touchedPrototype } from './prototypes.ts'

/** Something that must not be: which rule was broken, and how. */
export interface Finding {
  readonly rule: 'exception' | 'time' | 'prototype' | 'well-formedness' | 'content'
  readonly detail: string
}

/** Malformed, of another shape, or a Fault: what a backend's answer may be. */
const REFUSALS = ['backend-malformed', 'backend-shape', 'backend-fault']

/** Far above what is needed, for a machine that has other work; but far below what grows faster than the document. */
const LEAST_MS = 50
const MS_A_BYTE = 0.005

/** Whatever a document does to Facet that no document may do. */
export function check(bytes: Buffer): Finding[] {
  const tree = attempt('readDocument', () => readDocument(bytes, undefined), bytes)
  const findings = [...tree.findings, ...differences(bytes, tree)]
  for (const [name, decode] of Object.entries(decoders)) {
    const { findings: own, value } = attempt(name, () => decode(bytes), bytes)
    findings.push(...own)
    const foreign = foreignPrototype(value)
    if (foreign !== undefined) findings.push({ rule: 'prototype', detail: `${name}: ${foreign}` })
  }
  const touched = touchedPrototype()
  if (touched !== undefined) findings.push({ rule: 'prototype', detail: touched })
  return findings
}

interface Attempt {
  readonly value: unknown
  readonly refused: string | undefined
  readonly findings: readonly Finding[]
}

function attempt(name: string, run: () => unknown, bytes: Buffer): Attempt {
  const findings: Finding[] = []
  let value: unknown
  let refused: string | undefined
  const began = performance.now()
  try {
    value = run()
  } catch (error) {
    refused = String(error)
    if (!(error instanceof FacetError && REFUSALS.includes(error.code))) {
      findings.push({ rule: 'exception', detail: `${name}: ${(error as Error).stack ?? error}` })
    }
  }
  const bound = LEAST_MS + bytes.length * MS_A_BYTE
  if (performance.now() - began > bound && fastest(run) > bound) {
    findings.push({ rule: 'time', detail: `${name}: more than ${bound.toFixed(0)} ms for ${bytes.length} bytes` })
  }
  return { value, refused, findings }
}

/** Once more, and again: what is slow because the machine is busy is not slow every time. */
function fastest(run: () => unknown): number {
  const times = [1, 2, 3].map(() => {
    const began = performance.now()
    try {
      run()
    } catch {}
    return performance.now() - began
  })
  return Math.min(...times)
}

/** What saxes and Facet do not agree upon, and nothing explains. */
function differences(bytes: Buffer, { value, refused }: Attempt): Finding[] {
  const judgement = judge(bytes)
  if (judgement === undefined) return []
  const { text, model, error } = judgement
  if (isExplained({ bytes, text, facet: refused, saxes: error })) return []
  if (refused === undefined && error !== undefined) {
    return [{ rule: 'well-formedness', detail: `Facet accepts, saxes says ${error}` }]
  }
  if (refused !== undefined && error === undefined) {
    return [{ rule: 'well-formedness', detail: `saxes accepts, Facet says ${refused}` }]
  }
  const difference = model && contentDifference(value as Element, model)
  return difference === undefined ? [] : [{ rule: 'content', detail: difference }]
}
