/**
 * A value in its lexical form (XML Schema part 2, section 3): numbers without exponents, since xs:decimal and xs:integer
 * have none, dates as UTC dateTimes, bytes as base64Binary.
 *
 * @throws TypeError for a value that has none, such as an invalid date or a function
 */
export function lexical(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return lexicalNumber(value)
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
      if (value instanceof Date && !Number.isNaN(value.getTime())) return lexicalDate(value)
      if (value instanceof Uint8Array)
        return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
      throw new TypeError(`${value instanceof Date ? 'an invalid date' : describe(value)} cannot be written as text`)
  }
}

function describe(value: unknown): string {
  return Array.isArray(value)
    ? 'a list'
    : value === null
      ? 'null'
      : typeof value === 'object'
        ? 'an object'
        : `a ${typeof value}`
}

/** JavaScript writes years beyond 9999 with six digits and a sign, XML Schema with as many as they have. */
function lexicalDate(date: Date): string {
  const text = date.toISOString()
  return text.startsWith('+') ? text.replace(/^\+0*/, '') : text.replace(/^-0{0,2}/, '-')
}

function lexicalNumber(value: number): string {
  const size = Math.abs(value)
  // Within these bounds JavaScript writes no exponent (ECMA-262, Number::toString).
  if ((size >= 1e-6 && size < 1e21) || value === 0) return `${value}`
  if (Number.isNaN(value)) return 'NaN'
  return size === Number.POSITIVE_INFINITY ? (value > 0 ? 'INF' : '-INF') : withoutExponent(`${value}`)
}

/** `1.5e-7` as `0.00000015`, `1e21` as the integer that it is. */
function withoutExponent(text: string): string {
  const [mantissa = '', exponent = ''] = text.split('e')
  const sign = mantissa.startsWith('-') ? '-' : ''
  const [whole = '', fraction = ''] = mantissa.slice(sign.length).split('.')
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return (
    sign + (point >= digits.length ? digits.padEnd(point, '0') : `${digits.slice(0, point)}.${digits.slice(point)}`)
  )
}
