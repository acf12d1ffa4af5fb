import { existsSync, globSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DefinitionError } from '../errors.ts'
import { isClient, isTransform } from './client.ts'
import { isEndpoint } from './endpoint.ts'
import { isProxy } from './proxy.ts'
import { type ClientModule, makeRegistry, type Registry, type RouteModule } from './registry.ts'

/**
 * Loads every route and transform module. An underscore, on a file or a folder, means 'not an endpoint'.
 *
 * @throws DefinitionError with every mistake of every file, one a line
 */
export async function loadRegistry(routesFolder: string, transformsFolder: string): Promise<Registry> {
  const mistakes: string[] = []
  const routes = await collect(files('FACET_ROUTES', routesFolder), mistakes, (file) =>
    loadRoutes(resolve(routesFolder), file),
  )
  // A service that only proxies needs no transforms.
  const clientFiles = existsSync(transformsFolder)
    ? globbed(resolve(transformsFolder), '*/_client.{ts,js,mts,mjs}')
    : []
  const clients = await collect(clientFiles, mistakes, (file) => loadClient(file, mistakes))
  if (mistakes.length > 0) throw new DefinitionError(mistakes.join('\n'))
  return makeRegistry(routes, clients)
}

/** Runs a loader over files, and collects what goes wrong, so that all mistakes are told at once. */
async function collect<T>(
  paths: readonly string[],
  mistakes: string[],
  load: (file: string) => Promise<T>,
): Promise<T[]> {
  const loaded: T[] = []
  for (const path of paths) {
    try {
      loaded.push(await load(path))
    } catch (error) {
      mistakes.push(`${shown(path)}: ${error instanceof Error ? error.message : error}`)
    }
  }
  return loaded
}

function files(variable: string, folder: string): string[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new DefinitionError(`${variable} is '${folder}': a folder was expected`)
  return globbed(resolve(folder), '**/*.{ts,js,mts,mjs}')
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

async function loadClient(path: string, mistakes: string[]): Promise<ClientModule> {
  const clients = [...new Set(Object.values(await load(path)).filter(isClient))]
  const [client] = clients
  if (!client || clients.length > 1) throw new DefinitionError('exactly one client must be exported')
  const transforms = await collect(globbed(dirname(path), '**/*.{ts,js,mts,mjs}'), mistakes, async (file) => {
    const { default: transform } = await load(file)
    if (!isTransform(transform))
      throw new DefinitionError(
        `the default export must be a transform: ${client.name}.transform(endpoint, …); a file that is none is named with an underscore`,
      )
    return { file: shown(file), transform }
  })
  return { file: shown(path), client, transforms }
}
