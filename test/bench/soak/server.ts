/** Facet as `npm start` starts it, in all that its memory depends on. */
import { client } from 'facet'
import { makeRegistry } from '../../../src/endpoint/registry.ts'
import { serve } from '../../../src/serve.ts'
import { report } from '../support/child.ts'
import { routes } from './endpoints.ts'

const registry = makeRegistry(
  [{ file: 'endpoints.ts', name: 'soak', routes }],
  [{ file: 'endpoints.ts', client: client('web', { default: true }), transforms: [] }],
)
const { port, controlPort } = await serve({ registry })
report({ port, controlPort })
