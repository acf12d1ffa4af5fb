import { hash } from 'node:crypto'

/** Keys longer than this are hashed, so that a large input does not cost its size twice in memory. */
const LONGEST = 256

/**
 * The canonical text of a value: equal values give equal text whatever the order of their keys, different ones never do
 * (`1`, `'1'`, `1n`, a date and its ISO text all differ). `undefined` properties count as absent, as they do in JSON.
 *
 * @throws TypeError for what has no value to compare: functions, symbols, class instances other than Date and Uint8Array.
 */
export function canonical(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Object.is(value, -0) ? '0' : String(value)
    case 'boolean':
      return value ? 't' : 'f'
    case 'bigint':
      return `${value}n`
    case 'undefined':
      return 'u'
    case 'object':
      return value === null ? '_' : compound(value)
    default:
      throw new TypeError(`a ${typeof value} cannot be part of a key`)
  }
}

function compound(value: object): string {
  if (Array.isArray(value)) {
    let text = '['
    // By position, since `map` leaves holes out, and a list of one hole would be an empty list.
    for (let index = 0; index < value.length; index++) text += `${canonical(value[index])},`
    return `${text}]`
  }
  if (value instanceof Date) return `d${value.getTime()}`
  if (value instanceof Uint8Array)
    return `b${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}`
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) {
    throw new TypeError(`an instance of ${value.constructor?.name} cannot be part of a key`)
  }
  const record = value as Record<string, unknown>
  const keys = Object.keys(record)
  if (keys.length > 1) keys.sort()
  let text = '{'
  for (const key of keys) {
    const item = record[key]
    if (item !== undefined) text += `${JSON.stringify(key)}:${canonical(item)},`
  }
  return `${text}}`
}

/** The canonical text of a value as a cache key's part: itself while it is short, else its SHA-256. */
export function keyOf(value: unknown): string {
  const text = canonical(value)
  return text.length <= LONGEST ? text : `#${hash('sha256', text, 'base64url')}`
}

/** The same for what may hold a secret, a client's credentials: keys are shown to operators, and stand in shared stores. */
export function secretKeyOf(value: unknown): string {
  return `#${hash('sha256', canonical(value), 'base64url')}`
}

/**
 * The parameters of a path as a key's part. Names hold no `=`, and values no control characters (lib/path.ts refuses those), so that these can stand between them.
 */
export function keyOfParams(params: Readonly<Record<string, string | readonly string[]>>): string {
  let key = ''
  for (const name in params) {
    const value = params[name] as string | readonly string[]
    key += typeof value === 'string' ? `${name}=${value}\x00` : `${name}=${value.length}\x01${value.join('\x01')}\x00`
  }
  return key.length <= LONGEST ? key : `#${hash('sha256', key, 'base64url')}`
}
