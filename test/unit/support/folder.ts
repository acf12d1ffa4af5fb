import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A folder of modules that a test writes; gone when the test is over. */
export interface Folder extends Disposable {
  readonly path: string
  /** The path of a file in it. */
  file(name: string): string
}

/**
 * Writes files into a folder of their own. In a module, `FACET` stands for the address of Facet's public surface.
 *
 * @param files contents by path
 */
export function folder(files: Readonly<Record<string, string>>): Folder {
  const path = mkdtempSync(join(tmpdir(), 'facet-'))
  const facet = new URL('../../../src/index.ts', import.meta.url).href
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), text.replaceAll("'FACET'", `'${facet}'`))
  }
  return {
    path,
    file: (name) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  }
}
