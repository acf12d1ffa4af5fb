import { parseArgs } from 'node:util'
import { check } from './check.ts'
import { type Find, fuzz } from './fuzzing.ts'

const USAGE = `npm run fuzz -- --seconds 10 --seed 1     documents that are nearly XML, given to Facet's readers
npm run fuzz -- --document <base64>       one document again`

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    document: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
const seconds = Number(values.seconds)
const seed = Number(values.seed)

if (values.help || !(seconds > 0) || !Number.isSafeInteger(seed)) {
  console.log(USAGE)
  process.exitCode = values.help ? 0 : 1
} else if (values.document === undefined) {
  const { documents, finds } = fuzz({ seed, ms: seconds * 1000 })
  for (const find of finds) console.log(`${shown(find)}\n`)
  console.log(
    `${documents} documents of seed ${seed}: ${finds.length === 0 ? 'nothing found' : `${finds.length} findings`}`,
  )
  if (finds.length > 0) process.exitCode = 1
} else {
  const findings = check(Buffer.from(values.document, 'base64'))
  console.log(findings.map(({ rule, detail }) => `${rule}: ${detail}`).join('\n') || 'nothing found')
  if (findings.length > 0) process.exitCode = 1
}

function shown({ rule, detail, document, seed, number }: Find): string {
  const lines = [
    `${rule}: ${detail}`,
    `  seed ${seed}, document ${number}, made smaller: ${JSON.stringify(document.toString('latin1'))}`,
  ]
  return [...lines, `  npm run fuzz -- --document ${document.toString('base64')}`].join('\n')
}
