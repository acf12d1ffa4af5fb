import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from '@swc/core'

/** The folder of the whole project. */
export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url))

/** Something that a module takes from another. */
export interface Imported {
  /** As it is written: `./call.ts`, `node:http`, `zod`. */
  readonly text: string
  /** The file that is meant, from the project's folder; undefined where it is a package. */
  readonly file: string | undefined
  /** Whether nothing of it is left once types are stripped: `import type …`. */
  readonly typeOnly: boolean
}

/** A TypeScript file with what it takes from others. */
export interface Module {
  /** From the project's folder, with slashes. */
  readonly file: string
  readonly text: string
  readonly imports: readonly Imported[]
  /** Whether it hands on another module's names (`export … from`). */
  readonly handsOn: boolean
}

/** Folders that no one of us writes. */
const NOT_OURS = new Set(['node_modules', '.git', 'dist', 'coverage'])

/** Every file below a folder of the project, sorted; what tools made is left out. */
export function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (NOT_OURS.has(entry.name)) return []
      return entry.isDirectory() ? filesIn(path) : [path.split(sep).join('/')]
    })
    .sort()
}

/** Every TypeScript module below a folder of the project. */
export function modulesIn(folder: string): Module[] {
  return filesIn(folder)
    .filter((file) => file.endsWith('.ts'))
    .map(readModule)
}

interface Node {
  readonly type: string
  readonly source?: { readonly value: string } | null
  readonly typeOnly?: boolean
  readonly argument?: { readonly value: string }
  readonly callee?: { readonly type: string }
  readonly arguments?: readonly { readonly expression: { readonly type: string; readonly value?: string } }[]
}

function readModule(file: string): Module {
  const text = readFileSync(join(ROOT, file), 'utf8')
  const imports: Imported[] = []
  let handsOn = false
  const add = (written: string, typeOnly: boolean) => {
    const path = written.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), written)) : undefined
    imports.push({ text: written, file: path?.split(sep).join('/'), typeOnly })
  }
  for (const node of nodesOf(parseSync(text, { syntax: 'typescript', target: 'es2024' }))) {
    if (node.type === 'TsImportType') add(node.argument?.value ?? '', true)
    if (node.type === 'CallExpression' && node.callee?.type === 'Import') {
      const [first] = node.arguments ?? []
      if (first?.expression.type === 'StringLiteral') add(first.expression.value ?? '', false)
    }
    if (!node.source) continue
    add(node.source.value, node.typeOnly === true)
    if (node.type.startsWith('Export')) handsOn = true
  }
  return { file, text, imports, handsOn }
}

/** Every node of a syntax tree. */
function* nodesOf(value: unknown): Generator<Node> {
  if (typeof value !== 'object' || value === null) return
  if (typeof (value as Node).type === 'string') yield value as Node
  for (const child of Object.values(value)) yield* nodesOf(child)
}

/** The package of an import, without what is inside it; undefined for files and for what Node brings. */
export function packageOf(text: string): string | undefined {
  if (/^(\.|node:)/.test(text)) return undefined
  return text
    .split('/')
    .slice(0, text.startsWith('@') ? 2 : 1)
    .join('/')
}

/** Every import of some modules that is not as it should be, as `file -> what it imports`. */
export function wrong(from: readonly Module[], isWrong: (module: Module, imported: Imported) => boolean): string[] {
  return from.flatMap((module) =>
    module.imports.filter((imported) => isWrong(module, imported)).map(({ text }) => `${module.file} -> ${text}`),
  )
}
