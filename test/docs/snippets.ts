import { cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { makeProject, type Project } from '../process/project.ts'
import { ROOT } from '../support/modules.ts'
import { type Fence, fences } from './pages.ts'

/** The file that a TypeScript block is to be written to: its first line says it. */
export function fileOf({ page, line, text }: Fence): string {
  const [, file] = /^\/\/ ((?:routes|transforms|test|app)\/[\w./-]+\.ts)\n/.exec(text) ?? []
  if (file === undefined) throw new Error(`${page}:${line}: the block does not begin with the name of its file`)
  return file
}

/** What a block of the documentation needs besides `facet` and `zod`. */
const PACKAGES = ['@types', '@jest', 'axios', 'express']

/** The project as it is once a reader has followed every page: a copy of routes and transforms, and every block in its file. */
export function readersProject(): Project {
  const project = makeProject({})
  for (const folder of ['routes', 'transforms'])
    cpSync(join(ROOT, folder), join(project.folder, folder), { recursive: true })
  for (const name of PACKAGES) symlinkSync(join(ROOT, 'node_modules', name), join(project.folder, 'node_modules', name))
  for (const fence of fences('ts')) project.write(fileOf(fence), `${fence.text}\n`)
  project.write(
    'tsconfig.json',
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: { typeRoots: ['./node_modules/@types'] },
      include: ['routes', 'transforms', 'test', 'app'],
    }),
  )
  return project
}

/** A command to type, with what it is said to print. */
export interface Shown {
  readonly where: string
  readonly command: string
  readonly output: string
}

/** Every block of one `curl` line that is followed by a block of what it prints. */
export function shownCommands(): Shown[] {
  const all = fences('sh', 'json', 'xml', 'text', 'http', 'ts')
  return all.flatMap(({ page, line, language, text }, at) => {
    const next = all[at + 1]
    const isShown = language === 'sh' && /^curl .*$/.test(text) && next?.page === page
    return isShown && /^(json|xml|text)$/.test(next.language)
      ? [{ where: `${page}:${line}`, command: text, output: next.text }]
      : []
  })
}

/** Text without what is another one each time, and without white space, which is there to be read. */
function normal(text: string): string {
  return text
    .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'ID')
    .replace(/\d{4}-\d\d-\d\d/g, 'DATE')
    .replace(/\s+/g, '')
}

/** What is printed, up to the first part that is not as it is shown; `…` stands for anything. */
export function firstDifference(printed: string, shown: string): string | undefined {
  const parts = normal(shown).split(/,?…/)
  const first = parts.shift() as string
  const last = parts.pop()
  let rest = normal(printed)
  if (last === undefined) return rest === first ? undefined : `expected ${first}\nbut was  ${rest}`
  if (!rest.startsWith(first)) return `expected to begin with ${first}\nbut was ${rest}`
  rest = rest.slice(first.length)
  for (const part of parts) {
    const at = rest.indexOf(part)
    if (at < 0) return `expected ${part}\nsomewhere in ${rest}`
    rest = rest.slice(at + part.length)
  }
  return rest.endsWith(last) ? undefined : `expected ${last}\nat the end of ${rest}`
}
