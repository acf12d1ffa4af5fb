/** The names of a module: each is given out once. */
export interface Names {
  /** The first of some names that is still free, or the first one with a number. */
  take(...preferred: readonly [string, ...string[]]): string
}

/** Words that cannot be the name of a constant (ECMA-262, section 12.7.2, and TypeScript's types). */
const RESERVED =
  'await break case catch class const continue debugger default delete do else enum export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield arguments eval undefined NaN Infinity any bigint boolean never number object string symbol unknown'
/** What everybody takes for JavaScript's own; the linter refuses other things of these names. */
const GLOBALS =
  'AggregateError Array ArrayBuffer AsyncFunction Atomics BigInt BigInt64Array BigUint64Array Boolean Buffer DataView Date Error EvalError FinalizationRegistry Float16Array Float32Array Float64Array Function Generator Int16Array Int32Array Int8Array Intl Iterator JSON Map Math Number Object Promise Proxy RangeError Record ReferenceError Reflect RegExp Set SharedArrayBuffer String Symbol SyntaxError TypeError URIError URL Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet console decodeURI decodeURIComponent encodeURI encodeURIComponent escape fetch global globalThis isFinite isNaN parseFloat parseInt process require unescape'
/** What a module of a backend imports. */
const IMPORTED = 'env Output soap xml z'

export function createNames(): Names {
  const taken = new Set([RESERVED, GLOBALS, IMPORTED].join(' ').split(' '))
  return {
    take(...preferred) {
      let name = preferred.find((name) => !taken.has(name))
      for (let number = 2; name === undefined; number++) {
        const numbered = `${preferred[0]}${number}`
        if (!taken.has(numbered)) name = numbered
      }
      taken.add(name)
      return name
    },
  }
}

/** A name of XML as that of a type: `get-customer` is `GetCustomer`. */
export function pascalCase(name: string): string {
  const joined = words(name)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
  return /^[\p{L}_]/u.test(joined) ? joined : `X${joined}`
}

/** A name of XML as that of a value: `GetInvoices` is `getInvoices`, `XMLData` `xmlData`. */
export function camelCase(name: string): string {
  const pascal = pascalCase(name)
  return pascal.replace(/^[A-Z]+(?![a-z])|^[A-Z]/, (start) => start.toLowerCase())
}

function words(name: string): string[] {
  return name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .split(/[^\p{L}\p{Nd}_]+|(?<=[\p{L}\p{Nd}])_(?=\p{L})/u)
    .filter((word) => word !== '')
}
