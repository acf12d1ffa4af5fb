import { parseArgs } from 'node:util'
import { BenchError } from '../errors.ts'
import { type Results, table } from '../report.ts'
import { endOnSignals, fail } from '../support/ending.ts'
import { start } from '../support/processes.ts'
import { KINDS } from './kinds.ts'
import { MOST, soak } from './soak.ts'

const USAGE = `npm run soak -- [options]

  --only a,b     only these: ${Object.keys(KINDS).join(', ')}
  --mb n         the bound of the cache in MB (default 64, at least 16)
  --help         print this`

/** What a small bound would cost is lost in how much V8's own memory varies. */
const LEAST_MB = 16
/** A minute and a half a kind: far more than is needed, so that it ends even so. */
const LONGEST_MS = 90_000

async function main(): Promise<void> {
  const { only, mb, help } = options()
  if (help) {
    console.log(USAGE)
    return
  }
  setTimeout(() => fail(new BenchError('not done in time')), only.length * LONGEST_MS).unref()
  const backend = await start('the service', 'soak/backend.ts', {})
  const kinds: (readonly [string, ReturnType<typeof soak>['figures']])[] = []
  for (const kind of only) {
    console.error(`${kind}: writing`)
    const { loaded, figures } = soak(kind, mb * 2 ** 20, backend.started as Record<string, string>)
    // Whatever goes wrong meanwhile ends it all.
    figures.catch(fail)
    kinds.push([kind, figures])
    // The next one is written while this one comes to rest.
    await loaded
  }
  console.error('waiting until all are at rest')
  const results: Results = { soak: {} }
  for (const [kind, figures] of kinds) results.soak = { ...results.soak, [kind]: await figures }
  await backend.stop()
  console.log(table(results))
  const missed = Object.entries(results.soak ?? {}).filter(([, { share }]) => !(Number(share) <= MOST))
  if (missed.length > 0)
    throw new BenchError(
      `more than ${MOST} times its bound is what it takes: ${missed.map(([kind]) => kind).join(', ')}`,
    )
}

function options() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string', default: Object.keys(KINDS).join() },
        mb: { type: 'string', default: '64' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    const only = values.only.split(',')
    const unknown = only.find((kind) => !Object.hasOwn(KINDS, kind))
    if (unknown !== undefined) throw new Error(`unknown kind '${unknown}'; known: ${Object.keys(KINDS).join(', ')}`)
    if (!(Number(values.mb) >= LEAST_MB))
      throw new Error(`--mb must be a number, at least ${LEAST_MB}; got '${values.mb}'`)
    return { only, mb: Number(values.mb), help: values.help }
  } catch (cause) {
    throw new BenchError((cause as Error).message, { cause })
  }
}

endOnSignals()
await main().catch(fail)
