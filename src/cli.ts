import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { CommandError } from './cli/command-error.ts'
import { importCommand } from './cli/import-command.ts'
import { newCommand } from './cli/new-command.ts'
import { ImportError } from './import/import-error.ts'

/**
 * The command-line program `facet`.
 *
 * @param args what was typed behind its name
 * @returns the exit code: 1 for a mistake, which has been told in a line on standard error
 */
export async function run(args: readonly string[]): Promise<number> {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const program = new Command('facet')
    .description('Tools for a backend-for-frontend made with Facet.')
    .version(version)
    .exitOverride()
    .addCommand(importCommand())
    .addCommand(newCommand())
  inherit(program)
  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    // Commander has said already what it had to say.
    if (error instanceof CommanderError) return error.exitCode
    if (!(error instanceof ImportError || error instanceof CommandError)) throw error
    console.error(`facet: ${error.message}`)
    return 1
  }
}

/** A command that was added whole has none of its parent's settings. */
function inherit(command: Command): void {
  for (const inner of command.commands) {
    inner.copyInheritedSettings(command)
    inherit(inner)
  }
}
