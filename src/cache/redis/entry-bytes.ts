import { promisify } from 'node:util'
import { DefaultDeserializer, DefaultSerializer } from 'node:v8'
import { constants, crc32, zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib'
import { Base64Bytes } from '../../lib/base64.ts'
import type { Entry } from '../store.ts'

/** An entry as it was found, and how many purges there had been before its value was loaded. */
export interface Read {
  readonly entry: Entry
  readonly mark: number
}

/*
 * magic (4 bytes) | how many bytes the rest has unpacked, and 1 bit whether it is packed (4) | CRC-32 of the rest (4) | the rest
 *
 * The rest is what V8 makes of the entry (structured clone): it has dates, big integers, bytes, undefined and -0, which JSON
 * has not, and text of one byte a character is copied as it is. It may be compressed with Zstandard.
 */
const MAGIC = 0x46435431
const HEAD = 12
const PACKED = 0x8000_0000
/** Up to that many bytes it is done at once: a thread costs more. */
const AT_ONCE = 64 * 1024
const DEEPEST = 500
const FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
const [compress, decompress] = [promisify(zstdCompress), promisify(zstdDecompress)]

/**
 * An entry as bytes.
 *
 * @param compressAbove bytes; what is larger is compressed
 * @returns undefined for a value that would not come back as it was: one with instances of classes, functions or cycles in it
 */
export function entryToBytes(
  entry: Entry,
  mark: number,
  compressAbove: number,
): Buffer | undefined | Promise<Buffer | undefined> {
  if (!isPortable(entry.value, 0) || !isPortable(entry.failure?.fault, 0)) return undefined
  const writer = new Writer()
  writer.writeHeader()
  writer.writeValue([mark, entry])
  const plain = writer.releaseBuffer()
  if (plain.length > PACKED - 1) return undefined
  if (plain.length <= compressAbove) return framed(plain, plain.length)
  if (plain.length <= AT_ONCE) return framed(zstdCompressSync(plain, FAST), plain.length | PACKED)
  return compress(plain, FAST).then((packed) => framed(packed, plain.length | PACKED))
}

function framed(rest: Buffer, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD + rest.length)
  bytes.writeUInt32BE(MAGIC, 0)
  bytes.writeUInt32BE(length >>> 0, 4)
  bytes.writeUInt32BE(crc32(rest), 8)
  rest.copy(bytes, HEAD)
  return bytes
}

/**
 * The entry again.
 *
 * @throws Error, at once or later, where the bytes are not what was written
 */
export function entryFromBytes(bytes: Buffer): Read | Promise<Read> {
  if (bytes.length < HEAD || bytes.readUInt32BE(0) !== MAGIC) throw new Error('it is no entry')
  const rest = bytes.subarray(HEAD)
  if (crc32(rest) !== bytes.readUInt32BE(8)) throw new Error('its bytes are damaged')
  const length = bytes.readUInt32BE(4)
  if (length < PACKED) return readEntry(rest)
  const bound = { maxOutputLength: length - PACKED }
  return bound.maxOutputLength <= AT_ONCE
    ? readEntry(zstdDecompressSync(rest, bound))
    : decompress(rest, bound).then(readEntry)
}

function readEntry(plain: Buffer): Read {
  const reader = new Reader(plain)
  reader.readHeader()
  const [mark, entry] = reader.readValue() as [number, Entry]
  const times = [mark, entry.stored, entry.fresh, entry.usable, entry.covers, entry.kept]
  if (!times.every((time) => typeof time === 'number') || !Array.isArray(entry.tags)) throw new Error('it is no entry')
  return { entry, mark }
}

/** Whether a value comes back as it was. */
function isPortable(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function' && typeof value !== 'symbol'
  if (depth > DEEPEST) return false
  if (Array.isArray(value)) return value.every((item) => isPortable(item, depth + 1))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) {
    for (const name in value) if (!isPortable((value as Record<string, unknown>)[name], depth + 1)) return false
    return true
  }
  if (value instanceof Map)
    return prototype === Map.prototype && [...value].every((pair) => isPortable(pair, depth + 1))
  if (value instanceof Set) return prototype === Set.prototype && [...value].every((one) => isPortable(one, depth + 1))
  return PLAIN.has(prototype as object)
}

const PLAIN: ReadonlySet<object> = new Set([Date, Uint8Array, Buffer, Base64Bytes].map(({ prototype }) => prototype))

/** Bytes of either kind; V8 knows no Base64Bytes. */
const [OTHER, BASE64] = [0, 1]

class Writer extends DefaultSerializer {
  // What V8 calls for bytes; Node's own names it so.
  _writeHostObject(view: NodeJS.TypedArray): void {
    const isBase64 = view instanceof Base64Bytes
    this.writeUint32(isBase64 ? BASE64 : OTHER)
    if (!isBase64) return void parentWrite.call(this, view)
    this.writeUint32(view.length)
    this.writeRawBytes(Buffer.from(view.buffer, view.byteOffset, view.length))
  }
}

class Reader extends DefaultDeserializer {
  _readHostObject(): unknown {
    if (this.readUint32() !== BASE64) {
      const view = parentRead.call(this)
      // Memory of its own: a view would keep all that came with it over the connection.
      if (!Buffer.isBuffer(view)) return view
      const own = Buffer.allocUnsafeSlow(view.length)
      view.copy(own)
      return own
    }
    return Base64Bytes.from(this.readRawBytes(this.readUint32()))
  }
}

type HostObjects = { _writeHostObject(view: NodeJS.TypedArray): void; _readHostObject(): unknown }
// Node's types leave these two out.
const { _writeHostObject: parentWrite } = DefaultSerializer.prototype as unknown as HostObjects
const { _readHostObject: parentRead } = DefaultDeserializer.prototype as unknown as HostObjects
