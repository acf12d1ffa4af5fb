import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { ROOT } from '../support/modules.ts'

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
const demo = read('routes/_backends/billing.ts')

/** Every shape of a module: from `const` to the empty line after it, with the comment above. */
function shapes(module: string): string[] {
  return module.split('\n\n').filter((block) => /^(?:\/\/.*\n)?const \w+ = z/.test(block))
}

describe("the demo's billing backend", () => {
  const written = read('test/import/golden/billing.ts')

  test('has every shape as the importer wrote it from the WSDL that the mock service shows', () => {
    expect(shapes(written).length).toBeGreaterThan(8)
    expect(shapes(demo)).toEqual(shapes(written))
  })

  test.each(['GetInvoices', 'PayInvoice'])('has %s with the action and the request that were written', (operation) => {
    const action = `action: 'urn:acme:billing:v1/${operation}'`
    const request = `request: ${operation}Request`
    for (const text of [action, request]) for (const module of [written, demo]) expect(module).toContain(text)
  })
})
