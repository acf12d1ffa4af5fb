import type { Comment } from './print/code.ts'
import { plainText } from './print/layout.ts'

/** What could not be expressed: each is a comment in the module, and a line on the terminal. */
export interface Notes {
  /** Remembers something for the terminal, and gives the comment for its place. */
  say(where: string, what: string): Comment
  /** The same of something that has no place in the module: it is said at its head. */
  sayAtHead(where: string, what: string): void
  /** The lines for the terminal, in the order in which they came up, each once. */
  lines(): readonly string[]
  /** The comments for the module's head. */
  head(): readonly Comment[]
}

export function createNotes(): Notes {
  const lines = new Set<string>()
  const head = new Set<string>()
  const add = (where: string, what: string): string => {
    const line = plainText(`${where}: ${what}`)
    lines.add(line)
    return line
  }
  return {
    say(where, what) {
      add(where, what)
      return { kind: 'remark', text: what }
    },
    sayAtHead: (where, what) => void head.add(add(where, what)),
    lines: () => [...lines],
    head: () => [...head].map((text) => ({ kind: 'remark', text })),
  }
}
