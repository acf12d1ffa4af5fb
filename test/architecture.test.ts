import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import * as facet from 'facet'
import * as testing from 'facet/testing'
import { filesIn, type Module, modulesIn, packageOf, ROOT, wrong } from './support/modules.ts'

/** The layers, the lowest first. What stands in one list are siblings: they share what is below, and not each other. */
const LAYERS: readonly (readonly string[])[] = [
  ['lib'],
  ['errors.ts channels.ts config.ts config-backends.ts options.ts'],
  ['codec', 'cache'],
  ['call'],
  ['endpoint', 'backend', 'import'],
  ['http', 'ops'],
  ['main.ts app.ts serve.ts index.ts testing cli.ts cli'],
]
/** What knows nothing of the web, of logs and of metrics, and the only packages that it may know. */
const CORE = ['codec', 'cache', 'call', 'endpoint']
const CORE_PACKAGES = ['@redis/client', 'structured-headers', 'zod', 'lru-cache']

const modules = modulesIn('src')
const packageJson = JSON.parse(read('package.json'))
const dependencies = Object.keys(packageJson.dependencies)

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}

/** The first part of a path below `src`: a folder, or a file that stands in no folder. */
function partOf(file: string): string {
  return file.split('/')[1] as string
}

/** Which layer a file is in, and which of the siblings there. */
function placeOf(file: string): { layer: number; sibling: number } {
  const at = (siblings: readonly string[]) => siblings.findIndex((parts) => parts.split(' ').includes(partOf(file)))
  const layer = LAYERS.findIndex((siblings) => at(siblings) >= 0)
  return { layer, sibling: at(LAYERS[layer] ?? []) }
}

describe('layers', () => {
  test('the scan sees the source, its imports and its types', () => {
    expect(modules.length).toBeGreaterThan(50)
    const app = modules.find(({ file }) => file === 'src/app.ts')
    expect(app?.imports).toContainEqual({ text: 'express', file: undefined, typeOnly: true })
    expect(app?.imports).toContainEqual({ text: './errors.ts', file: 'src/errors.ts', typeOnly: false })
  })

  test('every file has its layer', () => {
    expect(modules.filter(({ file }) => placeOf(file).layer < 0).map(({ file }) => file)).toEqual([])
  })

  test('imports point down, types too, and siblings know nothing of each other', () => {
    const up = wrong(modules, ({ file }, imported) => {
      if (imported.file === undefined) return false
      const [from, to] = [placeOf(file), placeOf(imported.file)]
      return to.layer < 0 || to.layer > from.layer || (to.layer === from.layer && to.sibling !== from.sibling)
    })
    expect(up).toEqual([])
  })

  test('no file imports itself by way of others', () => {
    const next = new Map(modules.map(({ file, imports }) => [file, imports.flatMap(({ file }) => file ?? [])]))
    const reaches = (from: string, seen = new Set<string>()): Set<string> => {
      for (const to of next.get(from) ?? []) if (!seen.has(to)) reaches(to, seen.add(to))
      return seen
    }
    expect([...next.keys()].filter((file) => reaches(file).has(file))).toEqual([])
  })

  test('lib imports nothing but what Node brings', () => {
    const lib = modules.filter(({ file }) => partOf(file) === 'lib')
    expect(wrong(lib, (_, { text }) => packageOf(text) !== undefined)).toEqual([])
  })

  test('the core knows no web framework, no server, no logger and no metrics', () => {
    const core = modules.filter(({ file }) => CORE.includes(partOf(file)))
    const isForeign = (name: string | undefined) => name !== undefined && !CORE_PACKAGES.includes(name)
    expect(wrong(core, (_, { text }) => isForeign(packageOf(text)))).toEqual([])
    expect(wrong(core, (_, { text }) => /^node:(https?|http2|net|tls|cluster|child_process)$/.test(text))).toEqual([])
  })

  test('Express stands in http alone; elsewhere it is a type', () => {
    const others = modules.filter(({ file }) => partOf(file) !== 'http')
    expect(wrong(others, (_, { text, typeOnly }) => packageOf(text) === 'express' && !typeOnly)).toEqual([])
  })

  test('the environment is read in config.ts alone', () => {
    const readsEnvironment = /process\s*(\?\.|\.|\[)\s*['"]?env\b|\benv\b[^}]*\}\s*=\s*(globalThis\.)?process\b/
    const readers = modules.filter(({ text, imports }) => readsEnvironment.test(text) || imports.some(isProcess))
    expect(readers.map(({ file }) => file)).toEqual(['src/config.ts'])
  })

  test.each([
    ['routes', ['routes', 'facet']],
    ['transforms', ['transforms', 'routes', 'facet']],
  ])('%s import only %j and packages', (folder, allowed) => {
    const isForeign = (file: string | undefined, text: string) =>
      file === undefined ? text.startsWith('facet/') : !allowed.includes(file.split('/')[0] as string)
    expect(wrong(modulesIn(folder), (_, { file, text }) => isForeign(file, text))).toEqual([])
    expect(modulesIn(folder).some(({ imports }) => imports.some(({ text }) => text === 'facet'))).toBe(true)
  })
})

function isProcess({ text }: { text: string }): boolean {
  return /^(node:)?process$/.test(text)
}

describe('files', () => {
  const lengths = modules.map(({ file, text }) => ({ file, lines: text.split('\n').length - 1 }))

  test('none is longer than 250 lines', () => {
    expect(lengths.filter(({ lines }) => lines > 250)).toEqual([])
  })

  test('half of them are shorter than 100 lines', () => {
    const sorted = lengths.map(({ lines }) => lines).sort((a, b) => a - b)
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(100)
  })

  test("no file of the project names a place on somebody's machine", () => {
    const here = ROOT.split('/').length > 3 ? [ROOT.replace(/\/$/, '')] : []
    const places = [...here, '/(?:home|Users|root|work|mnt)/[\\w.-]+', '[A-Z]:\\\\+Users']
    const pattern = new RegExp(`(?<![\\w.*:/-])(?:file://)?(?:${places.join('|')})`)
    const found = filesIn('.').filter((file) => !file.endsWith('package-lock.json') && pattern.test(read(file)))
    expect(found).toEqual([])
  })
})

describe('the public surface', () => {
  test('names are handed on by index.ts and testing/index.ts, and inside the codecs by their own', () => {
    expect(modules.filter(({ handsOn }) => handsOn).map(({ file }) => file)).toEqual([
      'src/codec/soap.ts',
      'src/codec/xml/index.ts',
      'src/index.ts',
      'src/testing/index.ts',
    ])
  })

  test('nothing in src imports the public surface, or what is there for tests', () => {
    const isPublic = (file: string, { text, file: to }: Module['imports'][number]) =>
      packageOf(text) === 'facet' ||
      to === 'src/index.ts' ||
      (partOf(to ?? '/') === 'testing' && partOf(file) !== 'testing')
    expect(wrong(modules, ({ file }, imported) => isPublic(file, imported))).toEqual([])
  })

  test('the package exports just these two, from the source here and built elsewhere', () => {
    expect(packageJson.exports).toEqual({
      '.': { 'facet-source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' },
      './testing': {
        'facet-source': './src/testing/index.ts',
        types: './dist/testing/index.d.ts',
        default: './dist/testing/index.js',
      },
    })
  })

  test('facet is about a dozen names', () => {
    expect(Object.keys(facet).sort()).toEqual(
      'FacetError app batch client each endpoint env maybe optional proxy readConfig rest soap xml'.split(' '),
    )
  })

  test('facet/testing is three', () => {
    expect(Object.keys(testing).sort()).toEqual(['harness', 'scriptedBackend', 'timeline'])
  })
})

describe('dependencies', () => {
  const imported = new Set(modules.flatMap(({ imports }) => imports.flatMap(({ text }) => packageOf(text) ?? [])))

  test('what src imports is what an installation brings', () => {
    expect([...imported].sort()).toEqual(dependencies.toSorted())
  })

  test.each(dependencies)('%s has a sentence in src/README.md', (name) => {
    const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    expect(read('src/README.md')).toMatch(
      new RegExp(`^(\\||[-*]) *[\`*]*${escaped}[\`*]*(?![\\w-]).*(\\w+\\W+){4}`, 'm'),
    )
  })
})

test('docs/errors.md has the same codes with the same statuses as src/errors.ts', async () => {
  const { ERRORS } = await import('../src/errors.ts')
  const rows = [...read('docs/errors.md').matchAll(/^\| *`([a-z-]+)` *\| *(\d{3})\b/gm)]
  const documented = Object.fromEntries(rows.map(([, code, status]) => [code, Number(status)]))
  expect(documented).toEqual(Object.fromEntries(Object.entries(ERRORS).map(([code, { status }]) => [code, status])))
  expect(rows).toHaveLength(Object.keys(ERRORS).length)
})
