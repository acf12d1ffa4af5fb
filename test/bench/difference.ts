import { isDeepStrictEqual } from 'node:util'

/** Where two JSON values differ first, and what stands there, as JSON text. */
export interface Difference {
  /** Names and indices, joined by dots; empty when the values differ as a whole. */
  at: string
  left: string
  right: string
}

/**
 * The first difference of two JSON values, or null when they are equal. The order of names counts as well, because the
 * work of bringing it about is part of what is measured.
 */
export function firstDifference(left: unknown, right: unknown, at = ''): Difference | null {
  if (isObject(left) && isObject(right) && isDeepStrictEqual(Object.keys(left), Object.keys(right))) {
    for (const key of Object.keys(left)) {
      const difference = firstDifference(left[key], right[key], at ? `${at}.${key}` : key)
      if (difference) return difference
    }
    return null
  }
  return isDeepStrictEqual(left, right) && !isObject(left) ? null : { at, left: text(left), right: text(right) }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing'
}
