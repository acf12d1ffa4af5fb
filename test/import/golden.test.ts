import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { type Imported, importWsdl } from '../../src/import/import-wsdl.ts'
import { wsdl as billing } from '../backends/billing-wsdl.ts'
import { ROOT } from '../support/modules.ts'
import { removeWritten, writtenFiles } from './described.ts'

// What is written for each description stands beside it, as it would in a project: the linter and the compiler see it too.
// After a change that is meant, UPDATE_GOLDEN=1 writes it anew.

const DESCRIPTIONS = ['billing', 'customers', 'ledger', 'orders', 'rates', 'stock', 'tickets', 'vehicles']
const here = join(ROOT, 'test/import')
afterAll(removeWritten)

function sourceOf(name: string): string {
  if (name !== 'billing') return join(here, 'wsdl', `${name}.wsdl`)
  return join(writtenFiles({ 'billing.wsdl': billing('http://127.0.0.1:4003/billing') }), 'billing.wsdl')
}

describe.each(DESCRIPTIONS)('%s', (name) => {
  const golden = join(here, 'golden', `${name}.ts`)
  const imported: Promise<Imported> = importWsdl({ source: sourceOf(name) })

  test('is written as it stands here', async () => {
    const { text } = await imported
    if (process.env.UPDATE_GOLDEN) writeFileSync(golden, text)
    expect(text).toBe(readFileSync(golden, 'utf8'))
  })

  test('is written with the same bytes again', async () => {
    expect(await importWsdl({ source: sourceOf(name) })).toEqual(await imported)
  })

  test('has every line for the terminal as a comment at its place, too', async () => {
    const { text, notes } = await imported
    const comments = text.replace(/\s*\n\s*\/\/ /g, ' ')
    const silent = notes.filter((note) => !comments.includes(note.slice(note.lastIndexOf(': ') + 2)))
    expect(silent).toEqual([])
  })
})

test('the formatter and the linter have nothing to say', () => {
  const args = ['check', '--error-on-warnings', 'test/import/golden']
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'node_modules/.bin/biome'), args, {
    cwd: ROOT,
    encoding: 'utf8',
  })
  expect([status, stdout + stderr]).toEqual([0, expect.stringContaining(`Checked ${DESCRIPTIONS.length} files`)])
})

test('only what the chosen operations need is written', async () => {
  const { text } = await importWsdl({ source: sourceOf('orders'), operations: ['delete'] })
  expect([...text.matchAll(/^(?:export )?const (\w+)/gm)].map(([, name]) => name)).toEqual([
    ...['orders', 'DeleteRequest', 'DeleteResponse', 'deleteOperation'],
  ])
  expect(text).not.toContain('xml')
})

test('operations come in the order of the description, whatever the order in which they are asked for', async () => {
  const [one, other] = await Promise.all(
    [
      ['delete', 'getOrder'],
      ['getOrder', 'delete'],
    ].map((operations) => importWsdl({ source: sourceOf('orders'), operations })),
  )
  expect(one).toEqual(other)
})
