import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ROOT } from '../support/modules.ts'

/** Somebody's own folder of routes and transforms, outside this repository. */
export interface Project {
  readonly folder: string
  /** Writes a file, as an editor would on saving. */
  write(path: string, text: string): void
  /** What tells Facet to serve it. */
  readonly variables: { readonly FACET_ROUTES: string; readonly FACET_TRANSFORMS: string }
}

const made: string[] = []

/** Makes a project of some files; `facet` and `zod` are installed in it as links. */
export function makeProject(files: Readonly<Record<string, string>>): Project {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'facet-')))
  made.push(folder)
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  write('package.json', '{ "type": "module" }')
  for (const part of ['routes', 'transforms', 'node_modules']) mkdirSync(join(folder, part))
  symlinkSync(ROOT, join(folder, 'node_modules/facet'))
  symlinkSync(join(ROOT, 'node_modules/zod'), join(folder, 'node_modules/zod'))
  for (const [path, text] of Object.entries(files)) write(path, text)
  const variables = { FACET_ROUTES: join(folder, 'routes'), FACET_TRANSFORMS: join(folder, 'transforms') }
  return { folder, write, variables }
}

/** Removes every project: for `afterEach`. */
export function removeProjects(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
}

/** A route file; `more` follows the endpoint. */
export function route(text: string, more = ''): string {
  return `import { endpoint } from 'facet'\nexport default endpoint('${text}')${more}\n`
}
