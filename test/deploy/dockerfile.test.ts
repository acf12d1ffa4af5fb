import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { describeVariables } from '../../src/config.ts'
import { filesIn, ROOT } from '../support/modules.ts'
import { imageOf, isSent, readStages, unpack } from './dockerfile.ts'

const json = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'))
const TARGETS = ['gateway', 'mocks']

describe.each(TARGETS)('the image of the target %s', (target) => {
  const image = imageOf(target)

  test('has the Node that the tests run on, and that package.json allows', () => {
    const [, version = ''] = /^node:(\d+\.\d+\.\d+)-slim$/.exec(image.base) ?? []
    expect(version).toBe(json('package-lock.json').packages['node_modules/node'].version)
    const least = /^>=(\d+)$/.exec(json('package.json').engines.node)?.[1]
    expect(Number(version.split('.')[0])).toBeGreaterThanOrEqual(Number(least))
  })

  test('is not run by root', () => {
    expect(image.user).toBe('node')
  })

  test('starts Node itself, which gets the signals', () => {
    expect([...image.entrypoint, ...image.command][0]).toBe('node')
  })

  test('copies what there is, and what .dockerignore lets through', () => {
    const sources = image.copies.filter(({ from }) => from === undefined).flatMap(({ sources }) => sources)
    expect(sources.length).toBeGreaterThan(1)
    for (const source of sources) {
      expect([source, existsSync(join(ROOT, source))]).toEqual([source, true])
      const files = filesIn('.').filter((file) => file === source || file.startsWith(`${source}/`))
      expect(files.filter((file) => !isSent(file) && !file.endsWith('.test.ts'))).toEqual([])
    }
  })

  test('is given variables that the code has', () => {
    const known = describeVariables().map(({ name }) => name)
    expect(Object.keys(image.environment).filter((name) => !known.includes(name))).toEqual([])
    expect(image.environment).toEqual({ NODE_ENV: 'production', HOST: '0.0.0.0' })
  })

  test('has what it runs, its packages, and no tests', () => {
    const folder = mkdtempSync(join(tmpdir(), 'facet-image-'))
    try {
      unpack(image, folder)
      const script = [...image.entrypoint, ...image.command].find((word) => word.endsWith('.ts')) as string
      for (const file of [script, 'package.json', 'node_modules/zod']) expect(existsSync(join(folder, file))).toBe(true)
      expect(existsSync(join(folder, 'test/backends/main.test.ts'))).toBe(false)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

test('the packages of an image are those of the lock file, without what is for development', () => {
  const { instructions } = readStages().get('dependencies') ?? { instructions: [] }
  expect(instructions).toEqual([
    { keyword: 'COPY', text: 'package.json package-lock.json ./' },
    { keyword: 'RUN', text: 'npm ci --omit=dev' },
  ])
  for (const target of TARGETS)
    expect(imageOf(target).copies).toContainEqual(expect.objectContaining({ from: 'dependencies' }))
})

test('the gateway is the target that is built where none is said, and runs what npm start runs', () => {
  expect([...readStages().keys()].at(-1)).toBe('gateway')
  expect(`exec ${imageOf('gateway').command.join(' ')}`).toBe(json('package.json').scripts.start)
  expect(imageOf('gateway').health[0]).toBe('node')
  expect(imageOf('gateway').ports.map(String)).toEqual([
    describeVariables().find(({ name }) => name === 'PORT')?.fallback,
  ])
})

test.each([
  ['package.json', true],
  ['src/main.ts', true],
  ['test/backends/data/users.json', true],
  ['test/backends/main.test.ts', false],
  ['test/architecture.test.ts', false],
  ['node_modules/zod/package.json', false],
  ['README.md', false],
  ['nothing/at/all', false],
])('.dockerignore: %s gets to the builder: %s', (path, sent) => {
  expect(isSent(path)).toBe(sent)
})
