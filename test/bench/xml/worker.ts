import { report } from '../support/child.ts'
import { readers, writers } from './contenders.ts'
import { documentsOf, type FlavourName } from './documents.ts'

/** One contender of an XML scenario: a process of its own, told by its environment what to do. */
const { DIRECTION, CONTENDER = '', FLAVOUR } = process.env
const load = (DIRECTION === 'read' ? readers : writers)[CONTENDER]
if (!load) throw new Error(`no contender '${CONTENDER}'`)
const work = await load()
const documents = documentsOf(FLAVOUR as FlavourName)
const bytes = documents.reduce((sum, document) => sum + document.bytes.length, 0) / documents.length

/** What was made last is kept, so that making it cannot be found to be of no use. */
let last: unknown

/** Works for so many milliseconds, at least once through all documents. */
function slice(ms: number): { cpuMicros: number; documents: number } {
  const end = performance.now() + ms
  const before = process.cpuUsage()
  let done = 0
  do {
    for (const document of documents) last = work(document)
    done += documents.length
  } while (performance.now() < end)
  const { user, system } = process.cpuUsage(before)
  return { cpuMicros: user + system, documents: done }
}

function results(): unknown[] {
  return documents.map((document) => {
    last = work(document)
    return Buffer.isBuffer(last) ? last.toString() : (last ?? null)
  })
}

report({ bytes }, { slice, results })
