import { describe, expect, test } from '@jest/globals'
import { loadRegistry } from '../../../src/endpoint/load.ts'
import { DefinitionError } from '../../../src/errors.ts'
import { type Folder, folder } from '../support/folder.ts'

const route = (text: string) => `import { endpoint } from 'FACET'\nexport default endpoint('${text}')\n`
const client = (name: string, options = '') =>
  `import { client } from 'FACET'\nexport const ${name} = client('${name}'${options})\n`
const web = client('web', ', { default: true }')
const transform = (of: string, reads = '') => `import page from '../../routes/${of}'
import { web } from './_client.mjs'
export default web.transform(page, ${reads}(data) => data)\n`

const load = (at: Folder) => loadRegistry(at.file('routes'), at.file('transforms'))

/** The lines of what is wrong, with the folder's own path taken off. */
async function mistakes(files: Record<string, string>): Promise<string[]> {
  using at = folder(files)
  const error = await load(at).then(
    () => undefined,
    (error: unknown) => error as Error,
  )
  if (error) expect(error).toBeInstanceOf(DefinitionError)
  return (error?.message ?? '').split('\n').map((line) => line.replaceAll(`${at.path}/`, ''))
}

describe('loading', () => {
  test('takes every route module, also in folders, by its file’s name with theirs, and what belongs to it', async () => {
    using at = folder({
      'routes/overview.mjs': route('GET /overview'),
      'routes/shop/catalog.ts': route('GET /catalog'),
      'routes/shop/many.mjs': `import { endpoint } from 'FACET'\nexport default [endpoint('GET /a'), endpoint('GET /b')]`,
      'routes/_backends/crm.mjs': 'export const notAnEndpoint = 1',
      'routes/shop/_helper.ts': 'export const notAnEndpoint = 1',
      'routes/catalog.test.ts': 'throw new Error("a test is no route")',
      'routes/types.d.ts': 'export {}',
      'routes/README.md': 'text',
      'transforms/web/_client.mjs': web,
      'transforms/web/overview.mjs': transform('overview.mjs'),
      'transforms/web/_shared.mjs': 'export const helper = 1',
      'transforms/mobile/_client.mjs': client('mobile'),
    })
    const { endpoints, clients } = await load(at)
    expect(endpoints.map(({ name, endpoint, file }) => [name, endpoint.route, file])).toEqual([
      ['overview', 'GET /overview', at.file('routes/overview.mjs')],
      ['shop-catalog', 'GET /catalog', at.file('routes/shop/catalog.ts')],
      ['shop-many', 'GET /a', at.file('routes/shop/many.mjs')],
      ['shop-many', 'GET /b', at.file('routes/shop/many.mjs')],
    ])
    expect(endpoints[0]?.transforms.has('web')).toBe(true)
    expect(clients.map(({ name }) => name)).toEqual(['mobile', 'web'])
  })

  test('needs no transforms, and then there is one client', async () => {
    using at = folder({ 'routes/x.mjs': route('GET /x'), 'transforms/README.md': 'nothing yet' })
    expect((await load(at)).clients.map(({ name }) => name)).toEqual(['web'])
  })
})

describe('a mistake', () => {
  test('in where the routes or transforms are is told with the variable', async () => {
    using at = folder({ 'routes/x.mjs': route('GET /x'), 'transforms/README.md': 'nothing yet' })
    const wanted = (variable: string, path: string) =>
      new DefinitionError(`${variable} is '${path}': a folder was expected`)
    for (const wrong of [at.file('nowhere'), at.file('routes/x.mjs')]) {
      await expect(loadRegistry(wrong, at.file('transforms'))).rejects.toThrow(wanted('FACET_ROUTES', wrong))
      await expect(loadRegistry(at.file('routes'), wrong)).rejects.toThrow(wanted('FACET_TRANSFORMS', wrong))
    }
  })

  const good = { 'routes/x.mjs': route('GET /x'), 'transforms/web/_client.mjs': web }
  test.each<[string, Record<string, string>, RegExp]>([
    [
      'a route module without a default export',
      { 'routes/a.mjs': 'export const a = 1' },
      /^routes\/a\.mjs: the default export must be /,
    ],
    [
      'a route module that exports something else',
      { 'routes/a.mjs': 'export default { route: "GET /a" }' },
      /^routes\/a\.mjs: the default export must be /,
    ],
    [
      'a list with something else in it',
      { 'routes/a.mjs': `import { endpoint } from 'FACET'\nexport default [endpoint('GET /a'), 1]` },
      /^routes\/a\.mjs: the default export must be /,
    ],
    [
      'an option that there is not',
      { 'routes/a.mjs': `import { endpoint } from 'FACET'\nexport default endpoint('GET /a', { stauts: 201 })` },
      /^routes\/a\.mjs: endpoint 'GET \/a' at 'stauts' \(201\): there is no such option$/,
    ],
    ['a module that throws', { 'routes/a.mjs': 'throw new Error("at import")' }, /^routes\/a\.mjs: at import$/],
    ['a module that throws text', { 'routes/a.mjs': 'throw "text"' }, /^routes\/a\.mjs: text$/],
    ['a module that cannot be parsed', { 'routes/a.mjs': 'export default = 1' }, /^routes\/a\.mjs: ./],
    ['a module that imports what is not there', { 'routes/a.mjs': "import './gone.mjs'" }, /^routes\/a\.mjs: .*gone/],
    [
      'a folder of a client that exports none',
      { 'transforms/tv/_client.mjs': 'export const tv = 1' },
      /^transforms\/tv\/_client\.mjs: exactly one client must be exported$/,
    ],
    [
      'a folder of two clients',
      { 'transforms/tv/_client.mjs': `${client('tv')}${client('box').split('\n')[1]}` },
      /^transforms\/tv\/_client\.mjs: exactly one client must be exported$/,
    ],
    [
      'a transform module that exports none',
      { 'transforms/web/a.mjs': 'export default (data) => data' },
      /^transforms\/web\/a\.mjs: the default export must be a transform: web\.transform\(endpoint, …\); a file that is none is named with an underscore$/,
    ],
    [
      'a transform of a source that there is not',
      { 'transforms/web/a.mjs': transform('x.mjs', "['a'], ") },
      /^transforms\/web\/a\.mjs: transform of 'GET \/x' for client 'web': the endpoint has no source 'a'$/,
    ],
    [
      'transforms in a folder without a client',
      { 'transforms/tv/a.mjs': 'export default 1' },
      /^transforms\/tv\/a\.mjs: it belongs to no client; a folder with a _client\.ts was expected$/,
    ],
    [
      'a transform in no folder at all',
      { 'transforms/a.mjs': 'export default 1' },
      /^transforms\/a\.mjs: it belongs to no client/,
    ],
  ])('%s is told with its file', async (_, files, line) => {
    const lines = await mistakes({ ...good, ...files })
    expect(lines[0]).toMatch(line)
  })

  test('in a module that several others import is told once', async () => {
    const lines = await mistakes({
      'routes/_backends/crm.mjs': 'throw new Error("the backend is described wrong")',
      'routes/a.mjs': "import './_backends/crm.mjs'",
      'routes/b.mjs': "import './_backends/crm.mjs'",
      'transforms/README.md': 'nothing yet',
    })
    expect(lines).toEqual(['routes/a.mjs: the backend is described wrong'])
  })

  test('is told together with those of all other files', async () => {
    const lines = await mistakes({
      'routes/a.mjs': 'throw new Error("first")',
      'routes/b.mjs': 'export default 1',
      'routes/c.mjs': route('GET /c/'),
      'transforms/tv/_client.mjs': 'export const tv = 1',
      'transforms/web/_client.mjs': web,
      'transforms/web/d.mjs': 'throw new Error("last")',
    })
    expect(lines.map((line) => line.split(': ')[0])).toEqual([
      ...['routes/a.mjs', 'routes/b.mjs', 'routes/c.mjs', 'transforms/tv/_client.mjs', 'transforms/web/d.mjs'],
    ])
  })
})
