/** A program that is measured. */
export interface Contender {
  name: string
  /** The program, relative to `test/bench`. */
  path: string
  env: Record<string, string>
}

/** The contender whose CPU time the others' is compared with. */
export const LIMIT = 'limit'

/** All contenders, in the order of the report. */
export const contenders: readonly Contender[] = [
  { name: 'facet', path: 'contenders/facet.ts', env: {} },
  { name: 'facetBare', path: 'contenders/facet.ts', env: { POLICIES: 'none' } },
  { name: 'facetAll', path: 'contenders/facet.ts', env: { POLICIES: 'all' } },
  { name: 'facet1000', path: 'contenders/facet.ts', env: { ENDPOINTS: '1000' } },
  { name: LIMIT, path: 'contenders/limit.ts', env: {} },
  { name: 'fastify', path: 'contenders/fastify.ts', env: {} },
  { name: 'express', path: 'contenders/express.ts', env: {} },
]
