import type { Builder } from '../../../../../src/codec/xml/convention/builder.ts'
import { DONE, END, Scanner, START } from '../../../../../src/codec/xml/scanner.ts'

/** What a builder makes of the first element with that name, wherever it stands; of the root element if none is said. */
export function feed(builder: Builder, xml: string, name?: string): unknown {
  const scanner = new Scanner()
  scanner.open(Buffer.from(xml), undefined)
  let depth = 0
  for (let token = scanner.next(); token !== DONE; token = scanner.next()) {
    if (depth === 0 && (token !== START || (name !== undefined && scanner.local() !== name))) continue
    if (token === START) {
      depth++
      builder.start(scanner)
    } else if (token === END) {
      builder.end()
      if (--depth === 0) return builder.value()
    } else builder.text(scanner.text())
  }
  throw new Error(`there is no element ${name}`)
}
