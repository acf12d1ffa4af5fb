import { parseArgs } from 'node:util'
import { BenchError } from './errors.ts'

/** What the command line asked for. */
export interface Arguments {
  /** Timed seconds per contender and scenario; each scenario's own default where it was not said. */
  seconds: number | undefined
  /** Connections of the load generator. */
  connections: number
  /** Names of the scenarios to run, in the order in which they are known. */
  scenarios: string[]
  /** Names of the contenders to run. */
  contenders: string[]
  /** One JSON object as the last line, in place of the table. */
  json: boolean
  help: boolean
}

/** The names that `--only` and `--contenders` may use. */
export interface KnownNames {
  scenarios: readonly string[]
  contenders: readonly string[]
}

/** What `--help` prints. */
export function usage(known: KnownNames): string {
  return `npm run bench -- [options]

  --seconds n          timed seconds per contender and scenario (default 10; 2 for those of XML)
  --connections n      keep-alive connections of the load generator (default 16)
  --only a,b           only these scenarios, by their names or by what several names begin with (xml, xmlRead):
                       ${known.scenarios.join(', ')}
  --contenders a,b     only these contenders: ${known.contenders.join(', ')}
                       (a scenario that has none of them is left out)
  --json               print one JSON object as the last line, in place of the table
  --help               print this`
}

/** Reads the command line. Throws a {@link BenchError} that says what is wrong and what would be right. */
export function parseArguments(argv: readonly string[], known: KnownNames): Arguments {
  const { values } = parseStrictly(argv)
  return {
    seconds: values.seconds === undefined ? undefined : positive('seconds', values.seconds, 600),
    connections: positive('connections', values.connections, 1000, true),
    scenarios: chosen('scenario', values.only, known.scenarios, beginningWith),
    contenders: chosen('contender', values.contenders, known.contenders, named),
    json: values.json,
    help: values.help,
  }
}

function parseStrictly(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        seconds: { type: 'string' },
        connections: { type: 'string', default: '16' },
        only: { type: 'string', multiple: true, default: [] },
        contenders: { type: 'string', multiple: true, default: [] },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (cause) {
    // Node's own message names the option, and advises on `--` only after the first full stop.
    const [what] = (cause as Error).message.split('. ')
    throw new BenchError(`${what} (--help lists the options)`, { cause })
  }
}

function positive(option: string, text: string, most: number, whole = false): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!(value > 0 && value <= most) || (whole && !Number.isInteger(value))) {
    throw new BenchError(`--${option} must be a ${whole ? 'whole ' : ''}number above 0, at most ${most}; got '${text}'`)
  }
  return value
}

/** Which of the known names a word stands for. */
type Match = (word: string, known: readonly string[]) => readonly string[]

function named(word: string, known: readonly string[]): readonly string[] {
  return known.filter((name) => name === word)
}

/** A whole name is that one only, also where others begin with it; nothing is not the beginning of everything. */
function beginningWith(word: string, known: readonly string[]): readonly string[] {
  if (word === '' || known.includes(word)) return named(word, known)
  return known.filter((name) => name.startsWith(word))
}

/** Accepts a repeated option as well as a comma list; nothing chosen means all. */
function chosen(kind: string, lists: readonly string[], known: readonly string[], match: Match): string[] {
  const words = lists.flatMap((list) => list.split(',')).map((word) => word.trim())
  const wanted = new Set<string>()
  for (const word of words) {
    const names = match(word, known)
    if (names.length === 0) throw new BenchError(`unknown ${kind} '${word}'; known: ${known.join(', ')}`)
    for (const name of names) wanted.add(name)
  }
  return known.filter((name) => words.length === 0 || wanted.has(name))
}
