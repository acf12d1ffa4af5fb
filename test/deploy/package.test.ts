import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { endAll, run } from '../process/child.ts'
import { ROOT } from '../support/modules.ts'

// The package as somebody has it who installed it: built, without its sources, and without the condition that finds them.
const folder = mkdtempSync(join(tmpdir(), 'facet-package-'))
const installed = join(folder, 'node_modules/facet')
const tsc = join(ROOT, 'node_modules/.bin/tsc')

const ROUTE = `import { endpoint } from 'facet'
export default endpoint('GET /hello/:name').merge(() => ({ hello: 'world' }))
`
const TEST = `import { type Data, endpoint } from 'facet'
import { harness } from 'facet/testing'
import hello from './routes/hello.ts'
const data: Data<typeof hello> = { hello: 'world' }
// @ts-expect-error the types are there, and are not any
export const refused = () => endpoint('GET /x/:id').source('x', hello, () => data)
const facet = await harness({ routes: { hello } })
console.log((await facet.get('/hello/you')).text)
await facet.close()
`
const CONFIG = {
  compilerOptions: {
    ...{ module: 'nodenext', target: 'es2024', types: ['node'], strict: true, noEmit: true },
    ...{ allowImportingTsExtensions: true, skipLibCheck: true },
  },
  include: ['*.ts', 'routes'],
}

beforeAll(async () => {
  mkdirSync(installed, { recursive: true })
  mkdirSync(join(folder, 'routes'))
  // axios is there for whoever brings an instance of it, and for nobody else.
  for (const name of readdirSync(join(ROOT, 'node_modules')).filter(
    (name) => name !== 'facet' && name !== 'axios' && !name.startsWith('.'),
  ))
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name))
  await copyFile(join(ROOT, 'package.json'), join(installed, 'package.json'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(CONFIG))
  writeFileSync(join(folder, 'routes/hello.ts'), ROUTE)
  writeFileSync(join(folder, 'own.ts'), TEST)
  const build = run(tsc, ['-p', 'src/tsconfig.json', '--outDir', join(installed, 'dist')], {})
  expect([await build.ended, build.out()]).toEqual([0, ''])
}, 60_000)
afterEach(endAll)
afterAll(() => rmSync(folder, { recursive: true }))

test('the built package serves routes', async () => {
  const main = join(installed, 'dist/main.js')
  const facet = run('node', [main], { PORT: '0', HOST: '127.0.0.1' }, folder)
  const [, port] = await facet.until(/"port":(\d+).*"listening"/)
  expect(await (await fetch(`http://127.0.0.1:${port}/hello/you`)).json()).toEqual({ hello: 'world' })
  facet.kill('SIGTERM')
  expect(await facet.ended).toBe(0)
})

test('its helpers test endpoints of one’s own', async () => {
  const own = run('node', ['own.ts'], {}, folder)
  expect([await own.ended, own.out(), own.err()]).toEqual([0, '{"hello":"world"}\n', ''])
})

test('its types are found, and infer', async () => {
  const types = run(tsc, ['-p', '.'], {}, folder)
  expect([await types.ended, types.out()]).toEqual([0, ''])
})
