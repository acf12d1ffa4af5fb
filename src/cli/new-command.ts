import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import { CommandError } from './command-error.ts'
import { Console } from './console.ts'
import { checkMethods, checkName, checkPath, checkTarget, type NewProxy, proxyModule, tryLine } from './proxy-module.ts'

interface Options {
  readonly path?: string
  readonly target?: string
  readonly methods: string
  readonly routes: string
  readonly force?: boolean
}

/** `facet new`: modules that somebody else would have to type. */
export function newCommand(): Command {
  return new Command('new')
    .description('Write a new module, asking for what it needs.')
    .addCommand(
      new Command('proxy')
        .description('Write a route that passes requests on to a server; what is not given is asked for.')
        .argument('[name]', 'the name of the module, for example legacy')
        .option('--path <path>', 'what the paths begin with that are passed on, for example /legacy')
        .option('--target <url>', 'where they go: an http(s) URL, or the name of an environment variable with one')
        .option('--methods <list>', 'the methods that are passed on, with commas between them', 'ANY')
        .option('--routes <folder>', 'the folder of route modules', 'routes')
        .option('-f, --force', 'replace the module if it is there already')
        .action(write),
    )
}

async function write(given: string | undefined, options: Options): Promise<void> {
  const { routes, force = false } = options
  // What was typed wrong is told before anything is asked.
  const methods = checkMethods(options.methods)
  const said = {
    name: given === undefined ? undefined : checkName(given),
    path: options.path === undefined ? undefined : checkPath(options.path),
    target: options.target === undefined ? undefined : checkTarget(options.target),
  }
  const { name, path, target } = await askFor(said)
  const wanted: NewProxy = { path, target, methods }
  const file = join(routes, `${name}.ts`)
  try {
    await mkdir(routes, { recursive: true })
    await writeFile(file, proxyModule(wanted), { flag: force ? 'w' : 'wx' })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && !force) throw new CommandError(`${file} is there already; --force replaces it`, error)
    throw new CommandError(`${file} cannot be written: ${code}`, error)
  }
  console.log(`${file}: ${path === '/' ? 'everything' : path} goes to ${target}\n\nTry it:\n\n  ${tryLine(wanted)}\n`)
}

interface Answers {
  readonly name: string | undefined
  readonly path: string | undefined
  readonly target: string | undefined
}

async function askFor(said: Answers): Promise<{ name: string; path: string; target: string }> {
  const { name, path, target } = said
  if (name !== undefined && path !== undefined && target !== undefined) return { name, path, target }
  const terminal = new Console()
  try {
    const named = name ?? (await terminal.ask('Name', undefined, checkName, 'a name'))
    return {
      name: named,
      path: path ?? (await terminal.ask('Path', `/${named}`, checkPath, '--path')),
      target: target ?? (await terminal.ask('Target URL', undefined, checkTarget, '--target')),
    }
  } finally {
    terminal.close()
  }
}
