import type { XmlDocument } from './documents.ts'

/** What a contender does with one document: reads its bytes, or writes its value as bytes. */
export type Work = (document: XmlDocument) => unknown

/** Loaded where they are measured only: a process has the code of one library, and what was compiled for it. */
export const readers: Record<string, () => Promise<Work>> = {
  facet: async () => (await import('./readers/facet.ts')).read,
  facetChecked: async () => (await import('./readers/facet.ts')).readChecked,
  xml2js: async () => (await import('./readers/xml2js.ts')).read,
  fastXmlParser: async () => (await import('./readers/fast-xml-parser.ts')).read,
  saxes: async () => (await import('./readers/saxes.ts')).read,
  jsonParse: async () => (await import('./readers/json.ts')).read,
}

export const writers: Record<string, () => Promise<Work>> = {
  facet: async () => (await import('./writers/facet.ts')).write,
  xml2js: async () => (await import('./writers/xml2js.ts')).write,
  fastXmlParser: async () => (await import('./writers/fast-xml-parser.ts')).write,
  jsonStringify: async () => (await import('./writers/json.ts')).write,
}
