import { readFileSync } from 'node:fs'

/** A program that is measured. */
export interface Contender {
  name: string
  /** The program, relative to `test/bench`. */
  path: string
  env: Record<string, string>
  /** Node's own options. */
  flags: readonly string[]
}

/** The contender whose CPU time the others' is compared with. */
export const LIMIT = 'limit'

const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
/** What `npm start` says of V8's memory. The limit has it too, so that Facet is not compared with less than there could be. */
const MEMORY: readonly string[] = scripts.start.match(/--max-\S+/g) ?? []

/** All contenders, in the order of the report. */
export const contenders: readonly Contender[] = [
  { name: 'facet', path: 'contenders/facet.ts', env: {}, flags: MEMORY },
  { name: 'facetBare', path: 'contenders/facet.ts', env: { POLICIES: 'none' }, flags: MEMORY },
  { name: 'facetAll', path: 'contenders/facet.ts', env: { POLICIES: 'all' }, flags: MEMORY },
  { name: 'facet1000', path: 'contenders/facet.ts', env: { ENDPOINTS: '1000' }, flags: MEMORY },
  { name: LIMIT, path: 'contenders/limit.ts', env: {}, flags: MEMORY },
  { name: 'fastify', path: 'contenders/fastify.ts', env: {}, flags: [] },
  { name: 'express', path: 'contenders/express.ts', env: {}, flags: [] },
]
