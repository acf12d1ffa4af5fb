import { mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { ImportError } from '../import/import-error.ts'
import { importWsdl } from '../import/import-wsdl.ts'

interface Options {
  readonly out?: string
  readonly force?: boolean
  readonly operation?: readonly string[]
  readonly name?: string
  readonly urlEnv?: string
  readonly port?: string
  readonly decimal: 'number' | 'string'
  readonly dates?: boolean
}

/** `facet import`: descriptions of services as modules of backends. */
export function importCommand(): Command {
  return new Command('import').description('Write a backend module from the description of a service.').addCommand(
    new Command('wsdl')
      .description('Write a SOAP backend from a WSDL 1.1: its operations as typed calls, its schema as zod.')
      .argument('<source>', 'a file, or an http(s) URL')
      .option(
        '-o, --out <file>',
        'the module to write, for example routes/_backends/billing.ts; standard output if not given',
      )
      .option('-f, --force', 'replace the module if it is there already')
      .option('--operation <name>', 'only this operation, and the types that it needs; may be said again', collect)
      .option('--name <name>', 'the name of the backend', matching(/^[A-Za-z][\w-]*$/, 'letters, digits, - and _'))
      .option(
        '--url-env <name>',
        'the environment variable with its URL',
        matching(/^[A-Za-z_]\w*$/, 'letters, digits and _'),
      )
      .option('--port <name>', 'the port to use; the first for SOAP 1.1, or else 1.2, if not given')
      .addOption(
        new Option('--decimal <as>', 'what xs:decimal becomes').choices(['number', 'string']).default('number'),
      )
      .option('--dates', 'make xs:dateTime a Date, and not text')
      .action(write),
  )
}

async function write(source: string, options: Options): Promise<void> {
  const { out, force = false, operation: operations = [], urlEnv: variable, ...more } = options
  // Before anything is fetched: whoever forgot it need not wait to be told.
  if (out !== undefined && !force && (await isThere(out)))
    throw new ImportError(`${out} is there already; --force replaces it, with all that was changed in it`)
  const { text, notes, summary } = await importWsdl({ source, operations, variable, ...more })
  if (out === undefined) process.stdout.write(text)
  else {
    try {
      await mkdir(dirname(out), { recursive: true })
      await writeFile(out, text, { flag: force ? 'w' : 'wx' })
    } catch (error) {
      throw new ImportError(`${out} cannot be written: ${(error as NodeJS.ErrnoException).code}`, error)
    }
    console.log(`${out}: ${summary}`)
  }
  for (const note of notes) console.error(`note: ${note}`)
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}

/** `--operation A B` and `--operation A --operation B` are the same. */
function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...value.split(',').filter((name) => name !== '')]
}

function matching(pattern: RegExp, what: string): (value: string) => string {
  return (value) => {
    if (!pattern.test(value)) throw new InvalidArgumentError(`${what} were expected.`)
    return value
  }
}
