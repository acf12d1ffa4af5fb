import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesIn, ROOT } from '../support/modules.ts'

/** A fenced block of a page. */
export interface Fence {
  readonly page: string
  /** Where it starts, from 1. */
  readonly line: number
  readonly language: string
  readonly text: string
}

/** A page of the documentation. */
export interface Page {
  /** From the project's folder: `docs/errors.md`. */
  readonly file: string
  readonly fences: readonly Fence[]
  /** Its text without what is fenced. */
  readonly prose: string
}

/** What people read: the README, the changelog and everything in `docs`. */
export const PAGES: readonly Page[] = ['README.md', 'CHANGELOG.md', ...filesIn('docs')].map(readPage)

/** One of them. */
export function page(file: string): Page {
  const found = PAGES.find((page) => page.file === file)
  if (!found) throw new Error(`there is no page ${file}`)
  return found
}

/** Every fenced block in some language. */
export function fences(...languages: string[]): Fence[] {
  return PAGES.flatMap((page) => page.fences.filter(({ language }) => languages.includes(language)))
}

function readPage(file: string): Page {
  const fences: Fence[] = []
  const prose: string[] = []
  let open: { line: number; language: string; text: string[] } | undefined
  for (const [at, line] of readFileSync(join(ROOT, file), 'utf8').split('\n').entries()) {
    const [, language] = /^```(\w*)$/.exec(line) ?? []
    if (open && language === '') {
      fences.push({ page: file, line: open.line, language: open.language, text: open.text.join('\n') })
      open = undefined
    } else if (open) open.text.push(line)
    else if (language !== undefined) open = { line: at + 1, language, text: [] }
    else prose.push(line)
  }
  if (open) throw new Error(`${file}:${open.line}: the block is not closed`)
  return { file, fences, prose: prose.join('\n') }
}

/** The rows of the table with these columns, each cell as it stands. */
export function table({ file, prose }: Page, ...columns: string[]): string[][] {
  const cells = (line: string) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim())
  const lines = prose.split('\n')
  const head = lines.findIndex((line) => line.startsWith('|') && cells(line).join() === columns.join())
  if (head < 0) throw new Error(`${file} has no table of ${columns.join(', ')}`)
  const length = lines.slice(head).findIndex((line) => !line.startsWith('|'))
  return lines.slice(head + 2, length < 0 ? undefined : head + length).map(cells)
}

/** What stands between backticks. */
export function inlineCode({ prose }: Page): string[] {
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code as string)
}
