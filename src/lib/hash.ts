/** FNV-1a (Fowler, Noll and Vo), 32 bits, over UTF-16 code units. */
export function hashOf(text: string): number {
  let hashed = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hashed = Math.imul(hashed ^ text.charCodeAt(at), 0x01000193)
  return hashed
}

/** MurmurHash3's finalizer, which is one to one: every bit of the result depends on every bit given. Unsigned. */
export function mix(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
