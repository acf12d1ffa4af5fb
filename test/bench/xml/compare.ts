import { firstDifference } from '../difference.ts'
import { BenchError } from '../errors.ts'
import type { Program } from '../support/processes.ts'
import { documentsOf, type FlavourName } from './documents.ts'
import { read } from './readers/xml2js.ts'

/** Throws unless a reader gives the shaped answer for every document. Those that only report events give nothing. */
export async function compareRead(program: Program, flavour: FlavourName): Promise<void> {
  const results = await program.ask<unknown[]>('results')
  for (const [index, { value }] of documentsOf(flavour).entries()) {
    if (results[index] !== null) expectSame(program, value, results[index])
  }
}

/** Throws unless what a writer has written says the same, read by what has nothing to do with Facet. */
export async function compareWritten(program: Program, flavour: FlavourName): Promise<void> {
  const results = await program.ask<string[]>('results')
  for (const [index, document] of documentsOf(flavour).entries()) {
    const text = results[index] ?? ''
    const isJson = text.startsWith('{')
    const value = isJson ? JSON.parse(text) : read({ ...document, bytes: Buffer.from(text), encoding: 'utf8' })
    expectSame(program, document.value, value)
  }
}

function expectSame(program: Program, expected: unknown, value: unknown): void {
  const difference = firstDifference(expected, value)
  if (difference === null) return
  const { at, left, right } = difference
  throw new BenchError(
    `${program.name} differs at ${at || 'the top'}:\n  expected: ${left}\n  ${program.name}: ${right}`,
  )
}
