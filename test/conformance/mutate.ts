import type { Random } from '../bench/xml/random.ts'
import { ENCODINGS, TOKENS } from './tokens.ts'

/** Bytes that are put in at once. */
const LONGEST = 50_000

type Mutation = (bytes: Buffer, random: Random, others: readonly Buffer[]) => Buffer

const MUTATIONS: readonly Mutation[] = [
  function flip(bytes, random) {
    const copy = Buffer.from(bytes)
    const at = random.below(copy.length)
    copy[at] = (copy[at] as number) ^ (1 << random.below(8))
    return copy
  },
  function remove(bytes, random) {
    const { start, end } = range(bytes, random)
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)])
  },
  function duplicate(bytes, random) {
    const { start, end } = range(bytes, random)
    return insert(bytes, random.below(bytes.length + 1), bytes.subarray(start, end))
  },
  /** Many of the same, which shows what takes the square of its number. */
  function repeat(bytes, random) {
    if (!random.oneIn(8)) return bytes
    const { start, end } = range(bytes, random)
    const times = Math.min(random.pick([10, 300, 5000]), Math.floor(LONGEST / (end - start)))
    return insert(bytes, start, Buffer.concat(Array.from({ length: times }, () => bytes.subarray(start, end))))
  },
  function splice(bytes, random, others) {
    const other = random.pick(others)
    const { start, end } = range(other, random)
    return insert(bytes, random.below(bytes.length + 1), other.subarray(start, end))
  },
  insertToken,
  insertToken,
  insertToken,
  function insertTokenAtTag(bytes, random) {
    const edges = [...bytes.toString('latin1').matchAll(/[<>"]|\/>/g)].map(({ index }) => index)
    if (edges.length === 0) return bytes
    return insert(bytes, random.pick(edges) + random.below(2), token(random))
  },
  function swapTags(bytes, random) {
    const text = bytes.toString('latin1')
    const tags = [...text.matchAll(/<[^<>]*>/g)].map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
    }))
    if (tags.length < 2) return bytes
    const [first, second] = [random.pick(tags), random.pick(tags)].sort((a, b) => a.start - b.start)
    if (!first || !second || first === second) return bytes
    const part = (start: number, end?: number) => bytes.subarray(start, end)
    const [one, other] = [part(first.start, first.end), part(second.start, second.end)]
    return Buffer.concat([part(0, first.start), other, part(first.end, second.start), one, part(second.end)])
  },
  function truncate(bytes, random) {
    return bytes.subarray(0, random.below(bytes.length))
  },
  function declare(bytes, random) {
    const rest = bytes.toString('latin1').replace(/^<\?xml[^>]*>/, '')
    return Buffer.from(`<?xml version="1.0" encoding="${random.pick(ENCODINGS)}"?>${rest}`, 'latin1')
  },
  function widen(bytes, random) {
    const text = bytes.toString(random.oneIn(2) ? 'utf8' : 'latin1')
    const wide = Buffer.from(random.oneIn(4) ? text : `\ufeff${text.replace(/^<\?xml[^>]*>/, '')}`, 'utf16le')
    return random.oneIn(2) ? wide : wide.swap16()
  },
]

/** A document, changed in one to four places. */
export function mutated(document: Buffer, random: Random, others: readonly Buffer[]): Buffer {
  let bytes = document
  for (let left = 1 + random.below(4); left > 0; left--) {
    if (bytes.length > 0) bytes = random.pick(MUTATIONS)(bytes, random, others)
  }
  return bytes
}

function insertToken(bytes: Buffer, random: Random): Buffer {
  return insert(bytes, random.below(bytes.length + 1), token(random))
}

function token(random: Random): Buffer {
  const chosen = random.pick(TOKENS)
  return typeof chosen === 'string' ? Buffer.from(chosen) : chosen
}

function insert(bytes: Buffer, at: number, what: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), what, bytes.subarray(at)])
}

/** Mostly a few bytes, sometimes many. */
function range(bytes: Buffer, random: Random): { start: number; end: number } {
  const start = random.below(bytes.length)
  return { start, end: Math.min(bytes.length, start + 1 + random.below(random.pick([2, 20, 200]))) }
}
