import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ROOT } from '../support/modules.ts'

/** One line of a Dockerfile, with those that continue it. */
interface Instruction {
  readonly keyword: string
  readonly text: string
}

/** What a target of the Dockerfile makes. */
export interface Image {
  /** The image that it all starts from. */
  readonly base: string
  readonly environment: Readonly<Record<string, string>>
  readonly user: string
  readonly ports: readonly number[]
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  /** The command that says whether a container is healthy. */
  readonly health: readonly string[]
  readonly copies: readonly {
    readonly from: string | undefined
    readonly sources: readonly string[]
    readonly to: string
  }[]
  readonly runs: readonly string[]
}

/** The Dockerfile's stages, by name. */
export function readStages(): Map<string, { readonly from: string; readonly instructions: Instruction[] }> {
  const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
  const stages: ReturnType<typeof readStages> = new Map()
  let current: Instruction[] = []
  for (const line of text.split('\n').filter((line) => line.trim() !== '')) {
    const [, keyword = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line.trim()) ?? []
    if (keyword === 'FROM') {
      const [from = '', , name = ''] = rest.split(/\s+/)
      current = []
      stages.set(name, { from, instructions: current })
    } else current.push({ keyword, text: rest.trim() })
  }
  return stages
}

/** What a target makes, with all that the stages it builds upon have said. */
export function imageOf(target: string): Image {
  const stages = readStages()
  const chain: Instruction[] = []
  let base = target
  for (let stage = stages.get(base); stage; stage = stages.get(base)) {
    chain.unshift(...stage.instructions)
    base = stage.from
  }
  const all = (keyword: string) => chain.filter((one) => one.keyword === keyword).map(({ text }) => text)
  const list = (text = '[]'): string[] => JSON.parse(text)
  return {
    base,
    environment: Object.fromEntries(all('ENV').flatMap((text) => text.split(/\s+/).map((pair) => pair.split('=')))),
    user: all('USER').at(-1) ?? 'root',
    ports: all('EXPOSE').flatMap((text) => text.split(/\s+/).map(Number)),
    entrypoint: list(all('ENTRYPOINT').at(-1)),
    command: list(all('CMD').at(-1)),
    health: list(/CMD (\[.*\])$/.exec(all('HEALTHCHECK').at(-1) ?? '')?.[1]),
    copies: all('COPY').map((text) => {
      const words = text.split(/\s+/)
      const from = words[0]?.startsWith('--from=') ? words.shift()?.slice('--from='.length) : undefined
      return { from, sources: words.slice(0, -1), to: words.at(-1) as string }
    }),
    runs: all('RUN'),
  }
}

/** Makes a folder with the files that an image has; for its packages, a link to those that are installed here. */
export function unpack({ copies }: Image, folder: string): void {
  for (const { from, sources, to } of copies) {
    for (const source of sources) {
      const name = basename(source)
      const place = to.endsWith('/') ? join(folder, to, name) : join(folder, to)
      mkdirSync(dirname(place), { recursive: true })
      // Packages of tests are in the installation that is linked to already.
      if (from !== undefined && existsSync(place)) continue
      if (from !== undefined) symlinkSync(join(ROOT, source.replace('/app/', '')), place)
      else cpSync(join(ROOT, source), place, { recursive: true, filter: (path) => isSent(path.slice(ROOT.length)) })
    }
  }
}

/** Whether .dockerignore lets a file get to the builder: the last line that fits a path or what it is in decides. */
export function isSent(path: string): boolean {
  const lines = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n')
  let sent = existsSync(join(ROOT, path))
  for (const line of lines.filter((line) => line !== '' && !line.startsWith('#'))) {
    const pattern = line.replace(/^!/, '')
    const text = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/(\*\*\/)|\*/g, (_, deep) => (deep ? '(.*/)?' : '[^/]*'))
    if (new RegExp(`^${text}(/|$)`).test(path)) sent = line.startsWith('!')
  }
  return sent
}
