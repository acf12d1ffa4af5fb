import { lexical } from '../lexical.ts'

/** Whether something is not there, as JSON sees it: it has no text and no element. */
export function isMissing(value: unknown): value is undefined {
  return value === undefined || typeof value === 'function' || typeof value === 'symbol'
}

/** What a value stands for: what it says itself, as for JSON. */
export function plainValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  // Bytes are text (base64), of which their own `toJSON`, a Buffer's, knows nothing.
  if (value instanceof Uint8Array) return lexical(value)
  return 'toJSON' in value && typeof value.toJSON === 'function' ? value.toJSON() : value
}

/** Whether a value is one text, and no object or list. */
export function isScalar(value: unknown): boolean {
  return !isMissing(value) && value !== null && typeof value !== 'object'
}
