import type { XmlDocument } from '../documents.ts'

/** The floor: the same value, did the service want JSON. */
export function write({ value }: XmlDocument): Buffer {
  return Buffer.from(JSON.stringify(value))
}
