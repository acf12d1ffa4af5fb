/** Numbers that look random and are the same for the same seed, on every machine. */
export interface Random {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number
  /** One of some things. */
  pick<T>(from: readonly T[]): T
  /** True once in `n` times. */
  oneIn(n: number): boolean
}

/** The generator known as mulberry32: 32 bits of state are plenty for documents and mutations. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    pick: <T>(from: readonly T[]) => from[below(from.length)] as T,
    oneIn: (n) => below(n) === 0,
  }
}
