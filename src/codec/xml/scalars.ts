import { Base64Bytes } from '../../lib/base64.ts'
import { hasWhite, trimWhite } from './white.ts'

/** What text stands for. */
export type Scalar = 'string' | 'number' | 'bigint' | 'boolean' | 'date' | 'bytes'

/** What the kinds of schemas for plain values stand for. */
export const SCALARS: Readonly<Record<string, Scalar>> = {
  string: 'string',
  template_literal: 'string',
  number: 'number',
  bigint: 'bigint',
  boolean: 'boolean',
  date: 'date',
}

/** Text that is none of what the schema allows. */
export const UNFIT: unique symbol = Symbol('unfit')

/** Beyond this BigInt's conversion, which takes more than linear time, would be felt. */
const BIGINT_DIGITS = 4_096

/**
 * Text as the value that it stands for: the lexical forms of XML Schema (part 2, section 3), with the white space that it
 * lets collapse.
 */
export function readScalar(text: string, scalar: Scalar): unknown {
  switch (scalar) {
    case 'string':
      return text
    case 'number':
      return readNumber(trimWhite(text))
    case 'bigint':
      return readBigInt(trimWhite(text))
    case 'boolean':
      return readBoolean(trimWhite(text))
    case 'date':
      return readDate(trimWhite(text)) ?? UNFIT
    case 'bytes':
      return readBytes(text)
  }
}

function readNumber(text: string): unknown {
  if (/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number(text)
  if (text === 'INF' || text === '+INF') return Number.POSITIVE_INFINITY
  return text === '-INF' ? Number.NEGATIVE_INFINITY : UNFIT
}

function readBigInt(text: string): unknown {
  return text.length <= BIGINT_DIGITS && /^[+-]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : UNFIT
}

function readBoolean(text: string): unknown {
  return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : UNFIT
}

/** A date or dateTime; without a zone it is UTC, since otherwise it would be another moment on another server. */
function readDate(text: string): Date | undefined {
  const match = /^(-?)(\d{4,6})(-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(Z|[+-]\d\d:\d\d)?$/.exec(text)
  if (!match) return undefined
  const [, sign, year = '', rest, time = 'T00:00:00', zone = 'Z'] = match
  // JavaScript takes years beyond four digits with six digits and a sign.
  const day = (sign || year.length > 4 ? `${sign || '+'}${year.padStart(6, '0')}` : year) + rest
  // `Date` makes the first of March of the thirtieth of February.
  if (!new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day)) return undefined
  const date = new Date(day + time + zone)
  return Number.isNaN(date.getTime()) ? undefined : date
}

/** base64Binary; `Buffer.from` alone would pass over whatever is none. */
function readBytes(text: string): unknown {
  const packed = hasWhite(text) ? text.replace(/[ \t\r\n]+/g, '') : text
  const isBase64 = packed.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(packed)
  return isBase64 ? new Base64Bytes(Buffer.from(packed, 'base64')) : UNFIT
}

/** The powers of ten that a double holds exactly. */
const POWERS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]

/**
 * A number straight from the document's bytes, without a string in between: up to 15 digits, where the quotient of two
 * exact doubles is the nearest double to the decimal (Clinger's fast path).
 *
 * @returns undefined for every other form, which `readScalar` reads
 */
export function readPlainNumber(bytes: Uint8Array, start: number, end: number): number | undefined {
  let at = bytes[start] === MINUS ? start + 1 : start
  const first = at
  if (at >= end || end - at > 16) return undefined
  let mantissa = 0
  let point = -1
  for (; at < end; at++) {
    const byte = bytes[at] as number
    if (byte >= ZERO && byte <= NINE) mantissa = mantissa * 10 + (byte - ZERO)
    else if (byte === POINT && point < 0 && at > first) point = at
    else return undefined
  }
  if (point < 0 ? end - first > 15 : point === end - 1) return undefined
  const value = point < 0 ? mantissa : mantissa / (POWERS[end - point - 1] as number)
  return first > start ? -value : value
}

const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30
const NINE = 0x39
