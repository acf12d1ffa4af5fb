import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { endAll, run } from '../process/child.ts'
import { ROOT } from '../support/modules.ts'

// The program as somebody has it who installed the package: built, without its sources.
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'facet-program-')))
const modules = join(folder, 'node_modules')
const installed = join(modules, 'facet')

beforeAll(async () => {
  for (const part of [join(installed, 'bin'), join(modules, '.bin')]) mkdirSync(part, { recursive: true })
  for (const name of readdirSync(join(ROOT, 'node_modules')).filter(
    (name) => name !== 'facet' && !name.startsWith('.'),
  ))
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
  const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  for (const file of ['package.json', bin.facet]) copyFileSync(join(ROOT, file), join(installed, file))
  // As npm does it.
  symlinkSync(join('../facet', bin.facet), join(modules, '.bin/facet'))
  const tsc = join(ROOT, 'node_modules/.bin/tsc')
  await run(tsc, ['-p', 'src/tsconfig.json', '--outDir', join(installed, 'dist')], {}).ended
}, 60_000)
afterEach(endAll)
afterAll(() => rmSync(folder, { recursive: true }))

test('the program of the built package imports', async () => {
  const wsdl = join(ROOT, 'test/import/wsdl/rates.wsdl')
  const child = run(join(modules, '.bin/facet'), ['import', 'wsdl', wsdl], {}, folder)
  expect([await child.ended, child.err()]).toEqual([0, ''])
  expect(child.out()).toBe(readFileSync(join(ROOT, 'test/import/golden/rates.ts'), 'utf8'))
})
