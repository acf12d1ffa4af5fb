import type { Builtin } from '../xsd/builtin.ts'
import type { Facets } from '../xsd/facets.ts'
import { type Chain, call, method } from './code.ts'

const SAFE = BigInt(Number.MAX_SAFE_INTEGER)
/** What zod has a name for. */
const FORMATS: Readonly<Record<string, string>> = {
  int: 'z.int32',
  unsignedInt: 'z.uint32',
  long: 'z.int64',
  unsignedLong: 'z.uint64',
}

/** A number's lexical form as JavaScript writes it; undefined for what is none, or not finite. */
export function numberText(text: string): string | undefined {
  const trimmed = text.trim()
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(trimmed)) return undefined
  const number = Number(trimmed)
  return Number.isFinite(number) ? String(number) : undefined
}

/** Whether an integer type has values that JavaScript's numbers cannot hold exactly. */
export function isBig(builtin: Builtin, facets: Facets): boolean {
  if (facets.enumeration) return facets.enumeration.some((value) => !Number.isSafeInteger(Number(value)))
  const { least, greatest } = rangeOf(builtin, facets)
  return least === undefined || greatest === undefined || least < -SAFE || greatest > SAFE
}

/** The zod schema of an integer type: a number where all of its values are safe ones, otherwise a bigint. */
export function integerCode(builtin: Builtin, facets: Facets): Chain {
  const { least, greatest } = rangeOf(builtin, facets)
  const big = isBig(builtin, facets)
  const [from, to] = builtin.range
  const format = FORMATS[builtin.name]
  const isNamed = format !== undefined && big === /64$/.test(format)
  const known = isNamed ? [from, to] : big ? [undefined, undefined] : [-SAFE, SAFE]
  let code = call(isNamed ? format : big ? 'z.bigint' : 'z.int')
  const text = (value: bigint) => `${value}${big ? 'n' : ''}`
  if (least !== undefined && least !== known[0]) code = method(code, 'min', text(least))
  if (greatest !== undefined && greatest !== known[1]) code = method(code, 'max', text(greatest))
  return code
}

interface Range {
  readonly least: bigint | undefined
  readonly greatest: bigint | undefined
}

function rangeOf({ range: [from, to] }: Builtin, { min, max, totalDigits }: Facets): Range {
  const widest = totalDigits === undefined ? undefined : 10n ** BigInt(Math.min(totalDigits, 1000)) - 1n
  const least = [from, widest && -widest, bound(min, 1n)].filter((value) => value !== undefined)
  const greatest = [to, widest, bound(max, -1n)].filter((value) => value !== undefined)
  return {
    least: least.reduce<bigint | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined),
    greatest: greatest.reduce<bigint | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined),
  }
}

function bound(value: Facets['min'], step: bigint): bigint | undefined {
  if (!value || !/^[+-]?\d+$/.test(value.text)) return undefined
  return BigInt(value.text.replace('+', '')) + (value.exclusive ? step : 0n)
}
