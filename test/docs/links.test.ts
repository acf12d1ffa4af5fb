import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { ROOT } from '../support/modules.ts'
import { fences, inlineCode, PAGES, type Page } from './pages.ts'
import { fileOf } from './snippets.ts'

/** What is named but comes about only when somebody makes it. */
const MADE_BY_THE_READER = fences('ts').map(fileOf)

/** As GitHub makes an anchor of a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

function anchorsOf({ prose }: Page): string[] {
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchor(heading as string))
}

/** The relative links of a page, as the page's file has them. */
function linksOf({ prose }: Page): { to: string; target: string; hash: string | undefined }[] {
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => to as string)
  return links
    .filter((to) => !/^https?:/.test(to))
    .map((to) => {
      const [target = '', hash] = to.split('#')
      return { to, target, hash }
    })
}

describe.each(PAGES.map((page) => [page.file, page] as const))('%s', (file, page) => {
  test('leads nowhere that is not there', () => {
    const broken = linksOf(page).filter(({ target, hash }) => {
      const path = target === '' ? file : join(dirname(file), target)
      if (!existsSync(join(ROOT, path))) return true
      const anchors = PAGES.filter((other) => other.file === path).flatMap(anchorsOf)
      return hash !== undefined && !anchors.includes(hash)
    })
    expect(broken).toEqual([])
  })

  test('names only npm scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    const text = [page.prose, ...page.fences.map(({ text }) => text)].join('\n')
    const named = [...text.matchAll(/npm (?:run ([\w:-]+)|(test|start)\b)/g)].map(
      ([, script, short]) => script ?? short,
    )
    expect(named.filter((script) => !Object.hasOwn(scripts, script as string))).toEqual([])
  })

  test('names only files that there are', () => {
    const missing = inlineCode(page)
      .filter((code) => /^(src|routes|transforms|test|docs)\/[\w./-]*$|^[\w-]+\.(md|json|yml)$|^Dockerfile$/.test(code))
      .filter((path) => !existsSync(join(ROOT, path)) && !MADE_BY_THE_READER.includes(path))
    expect(missing).toEqual([])
  })
})

test('every page is led to from the README', () => {
  const [readme, ...others] = PAGES as [Page, ...Page[]]
  const led = linksOf(readme).map(({ target }) => target)
  expect(others.map(({ file }) => file).filter((file) => !led.includes(file))).toEqual([])
})

test('every page begins with its one title', () => {
  for (const { file, prose } of PAGES) expect([file, prose.match(/^# .+$/gm)?.length]).toEqual([file, 1])
})
