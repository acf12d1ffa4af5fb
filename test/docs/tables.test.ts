import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { elementName } from '../../src/codec/xml/plain.ts'
import { describeVariables } from '../../src/config.ts'
import { ERRORS } from '../../src/errors.ts'
import { modulesIn, ROOT } from '../support/modules.ts'
import { page, table } from './pages.ts'

const code = (text: string) => `\`${text}\``

test('the table of errors is the code’s', () => {
  const known = Object.entries(ERRORS).map(([name, { status, title, meaning }]) => [
    code(name),
    String(status),
    title,
    meaning,
  ])
  expect(table(page('docs/errors.md'), 'code', 'status', 'title', 'meaning')).toEqual(known)
})

test('the table of variables is the code’s', () => {
  const known = describeVariables().map(({ name, fallback, meaning }) => [
    code(name),
    fallback === undefined ? '' : code(fallback),
    meaning,
  ])
  expect(table(page('docs/configuration.md'), 'variable', 'default', 'meaning')).toEqual(known)
})

test('the variables of backends are those that the route files name', () => {
  const named = modulesIn('routes').flatMap(({ text }) =>
    [...text.matchAll(/\benv\('(\w+)'\)/g)].map(([, name]) => name),
  )
  const rows = table(page('docs/configuration.md'), 'variable', 'of', 'in the demo')
  expect(rows.map(([name]) => name).sort()).toEqual([...new Set(named)].map((name) => code(name as string)).sort())
})

test('the ports of the mock backends are the demo’s', () => {
  const demo = readFileSync(join(ROOT, 'test/backends/demo.ts'), 'utf8')
  const ports = [...demo.matchAll(/port\('(\w+)', (\d+)\)/g)].map(([, name = '', port = '']) => [
    code(name),
    code(port),
  ])
  expect(ports.length).toBeGreaterThan(0)
  const rows = table(page('docs/configuration.md'), 'variable', 'default', 'mock backend')
  expect(rows.map(([name, port]) => [name, port])).toEqual(ports)
})

test('the names of elements are made as the page says', () => {
  const rows = table(page('docs/clients.md'), 'property', 'element')
  expect(rows.length).toBeGreaterThan(2)
  expect(rows).toEqual(rows.map(([name = '']) => [name, code(elementName(name.slice(1, -1)))]))
})
