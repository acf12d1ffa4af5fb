import { existsSync, globSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { TRANSFORMS_FOLDER } from '../config.ts'
import { DefinitionError } from '../errors.ts'
import { isClient, isTransform } from './client.ts'
import { isEndpoint } from './endpoint.ts'
import { isProxy } from './proxy.ts'
import { type ClientModule, makeRegistry, type Registry, type RouteModule } from './registry.ts'

const MODULES = '**/*.{ts,js,mts,mjs}'

/**
 * Loads every route and transform module. An underscore, on a file or a folder, means 'not an endpoint'.
 *
 * @throws DefinitionError with every mistake of every file, one a line
 */
export async function loadRegistry(routesFolder: string, transformsFolder: string): Promise<Registry> {
  const mistakes: Mistakes = { lines: [], told: new Set() }
  checkFolder('FACET_ROUTES', routesFolder)
  const routes = await collect(globbed(resolve(routesFolder), MODULES), mistakes, (file) =>
    loadRoutes(resolve(routesFolder), file),
  )
  // A service that only proxies needs no transforms; a folder that somebody named must be there.
  const none = transformsFolder === TRANSFORMS_FOLDER && !existsSync(transformsFolder)
  if (!none) checkFolder('FACET_TRANSFORMS', transformsFolder)
  const transforms = (pattern: string) => (none ? [] : globbed(resolve(transformsFolder), pattern))
  const clientFiles = transforms('*/_client.{ts,js,mts,mjs}')
  const clients = await collect(clientFiles, mistakes, (file) => loadClient(file, mistakes))
  for (const file of transforms(MODULES)) {
    if (!clientFiles.some((client) => file.startsWith(dirname(client) + sep)))
      mistakes.lines.push(`${shown(file)}: it belongs to no client; a folder with a _client.ts was expected`)
  }
  if (mistakes.lines.length > 0) throw new DefinitionError(mistakes.lines.join('\n'))
  return makeRegistry(routes, clients)
}

/** What is wrong, a line each, and what has been told: a module that fails throws the same error at all who import it. */
interface Mistakes {
  readonly lines: string[]
  readonly told: Set<unknown>
}

/** Runs a loader over files, and collects what goes wrong, so that all mistakes are told at once, and each once. */
async function collect<T>(
  paths: readonly string[],
  mistakes: Mistakes,
  load: (file: string) => Promise<T>,
): Promise<T[]> {
  const loaded: T[] = []
  for (const path of paths) {
    try {
      loaded.push(await load(path))
    } catch (error) {
      if (mistakes.told.has(error)) continue
      mistakes.told.add(error)
      mistakes.lines.push(`${shown(path)}: ${error instanceof Error ? error.message : error}`)
    }
  }
  return loaded
}

function checkFolder(variable: string, folder: string): void {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new DefinitionError(`${variable} is '${folder}': a folder was expected`)
}

function globbed(folder: string, pattern: string): string[] {
  return globSync(pattern, { cwd: folder })
    .filter((path) => !/\.(test|spec|test-d|d)\.m?[tj]s$/.test(path))
    .filter(
      (path) =>
        pattern.includes('_') || !path.split(sep).some((part) => part.startsWith('_') || part === 'node_modules'),
    )
    .map((path) => join(folder, path))
    .sort()
}

/** The path as people know it. */
function shown(path: string): string {
  const near = relative(process.cwd(), path)
  return near.startsWith('..') ? path : near
}

function nameOf(path: string): string {
  return basename(path).replace(/\.m?[tj]s$/, '')
}

async function load(path: string): Promise<Record<string, unknown>> {
  return (await import(pathToFileURL(path).href)) as Record<string, unknown>
}

async function loadRoutes(folder: string, path: string): Promise<RouteModule> {
  const { default: exported } = await load(path)
  const routes = Array.isArray(exported) ? exported : [exported]
  if (routes.length === 0 || !routes.every((route) => isEndpoint(route) || isProxy(route))) {
    throw new DefinitionError(
      'the default export must be an endpoint or a proxy, or a list of them; a file that is neither is named with an underscore',
    )
  }
  return { file: shown(path), name: relative(folder, join(dirname(path), nameOf(path))).replaceAll(sep, '-'), routes }
}

async function loadClient(path: string, mistakes: Mistakes): Promise<ClientModule> {
  const clients = [...new Set(Object.values(await load(path)).filter(isClient))]
  const [client] = clients
  if (!client || clients.length > 1) throw new DefinitionError('exactly one client must be exported')
  const transforms = await collect(globbed(dirname(path), MODULES), mistakes, async (file) => {
    const { default: transform } = await load(file)
    if (!isTransform(transform))
      throw new DefinitionError(
        `the default export must be a transform: ${client.name}.transform(endpoint, …); a file that is none is named with an underscore`,
      )
    return { file: shown(file), transform }
  })
  return { file: shown(path), client, transforms }
}
