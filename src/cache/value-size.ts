/**
 * What values take in V8's heap, in bytes: words of 8 on 64-bit machines, without compressed pointers, as Node is built.
 * Measured on Node 26; `npm run soak` shows whether it still holds.
 */
const WORD = 8
/** A string's map, and its hash and length; its characters follow, in whole words. */
const STRING = 16
/** A number that is no integer of 32 bits is an object of its own. */
const NUMBER = 16
/** An object with the four slots that one has which properties are added to later. */
const OBJECT = 24 + 4 * WORD
/** An array, and the list of its items, which is longer than they are where they came one by one. */
const ARRAY = 48
const ITEM = 10
/** What is more than its own properties: dates, maps, bytes. */
const EXOTIC = 104
/** A table of names, used for objects of so many properties that each has a shape of its own. */
const TABLE_FROM = 128
const TABLE_ENTRY = 6 * WORD

/** Strings that may be views of a larger one, from which they were cut: V8 copies shorter ones. */
const VIEW_FROM = 13
/** What such a one keeps alive at the most (codec/xml/source.ts). */
const PIECE = 4_096

/** Of longer lists so many items are looked at, spread over them: a large answer must not stop the event loop. */
const LOOKED_AT = 100

/**
 * The memory that a value takes, as near as can be told without asking V8. What is in it twice counts once. It is not the size
 * of what it was read from: text takes little more memory than bytes, small objects and numbers many times as much.
 *
 * @param read the bytes that it was read from: what its strings may still be views of
 * @param most where to stop counting: what is larger need not be known
 */
export function sizeOfValue(value: unknown, read: number, most: number): number {
  const open = new Open(value)
  let size = 0
  let views = 0
  while (open.next() && size <= most) {
    const { item, weight } = open
    if (typeof item === 'string') {
      size += weight * sizeOfText(item)
      if (item.length >= VIEW_FROM) views += weight * PIECE
    } else if (typeof item === 'number') size += (item | 0) === item ? 0 : weight * NUMBER
    else if (typeof item === 'bigint') size += weight * (NUMBER + WORD)
    else if (typeof item === 'object' && item !== null) size += weight * sizeOfObject(item, open)
  }
  return Math.round(size + Math.min(views, read))
}

/** What is still to be counted; not a recursion, since a value may be deep. */
class Open {
  item: unknown
  /** For how many like itself the item stands. */
  weight = 1
  readonly #items: unknown[] = []
  readonly #weights: number[] = []
  readonly #seen = new Set<object>()

  constructor(value: unknown) {
    this.add(value)
  }

  next(): boolean {
    if (this.#items.length === 0) return false
    this.item = this.#items.pop()
    this.weight = this.#weights.pop() as number
    return true
  }

  /** Something in the current item. */
  add(item: unknown, times = 1): void {
    if (typeof item === 'object' && item !== null) {
      if (this.#seen.has(item)) return
      this.#seen.add(item)
    }
    this.#items.push(item)
    this.#weights.push(this.weight * times)
  }
}

/** An object by itself; what is in it is left to be counted. */
function sizeOfObject(item: object, open: Open): number {
  if (Array.isArray(item)) {
    const step = Math.max(1, item.length / LOOKED_AT)
    for (let at = 0; at < item.length; at += step) open.add(item[Math.floor(at)], step)
    return ARRAY + ITEM * item.length
  }
  if (ArrayBuffer.isView(item)) return EXOTIC + item.byteLength
  if (item instanceof Map || item instanceof Set) {
    for (const each of item) open.add(each)
    return EXOTIC
  }
  const keys = Object.keys(item)
  for (const key of keys) open.add((item as Record<string, unknown>)[key])
  if (keys.length >= TABLE_FROM) return OBJECT + keys.reduce((sum, key) => sum + TABLE_ENTRY + sizeOfText(key), 0)
  const base = item instanceof Date ? EXOTIC : OBJECT
  return base + Math.max(0, keys.length - 4) * WORD
}

/** V8 keeps text in one byte a character where all are in Latin-1, else in two. */
function sizeOfText(text: string): number {
  const bytes = WIDE.test(text) ? 2 * text.length : text.length
  return STRING + WORD * Math.ceil(bytes / WORD)
}

const WIDE = /[^\x00-\xff]/
