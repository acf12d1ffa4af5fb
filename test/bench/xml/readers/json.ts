import type { XmlDocument } from '../documents.ts'

/** The floor: the same answer, had the service written JSON. */
export function read({ json }: XmlDocument): unknown {
  return JSON.parse(json.toString())
}
