#!/usr/bin/env node
// In a checkout the sources run as they are; an installed package has only what was built of them.
import { existsSync } from 'node:fs'

if (Number.parseInt(process.versions.node, 10) < 24) {
  console.error(`facet needs Node 24 or later, and this is ${process.versions.node}`)
  process.exit(1)
}
const source = new URL('../src/cli.ts', import.meta.url)
const { run } = await import(existsSync(source) ? source.href : new URL('../dist/cli.js', import.meta.url).href)
process.exitCode = await run(process.argv.slice(2))
