import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startBilling } from '../backends/index.ts'
import { ROOT } from '../support/modules.ts'
import { page } from './pages.ts'

let billing: Awaited<ReturnType<typeof startBilling>>
beforeAll(async () => {
  billing = await startBilling()
})
afterAll(() => billing.close())

const { fences } = page('README.md')

test("the module that the README shows is what its command writes from the mock service's WSDL", async () => {
  const at = fences.findIndex(({ text }) => text.startsWith('npm run facet -- import wsdl'))
  const words = (fences[at]?.text ?? '').replaceAll("'", '').split(' ').slice(6)
  const [url = '', ...options] = words.filter((word, index) => word !== '--out' && words[index - 1] !== '--out')
  const shown = fences[at + 1]?.text.replace(/^\/\/ routes\/.*\n/, '')
  const address = url.replace('http://127.0.0.1:4003', billing.url)
  const args = [join(ROOT, 'bin/facet.js'), 'import', 'wsdl', address, ...options]
  const written = await output(args)
  expect(written.replaceAll(billing.url, 'http://127.0.0.1:4003').trimEnd()).toBe(shown)
})

test("the README's table of conformance is what npm run conformance prints", () => {
  const { stdout } = spawnSync(process.execPath, ['--conditions=facet-source', 'test/conformance/main.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: 30_000,
  })
  const table = stdout.split('\n').filter((line) => line.startsWith('|'))
  expect(table.length).toBeGreaterThan(6)
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(table.join('\n'))
})

/** What a program prints; without waiting in this process, which has the service that it asks. */
async function output(args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, args, { timeout: 20_000 })).stdout
}
