import { camelCase, pascalCase } from '../print/names.ts'
import { attribute, keyOf } from '../qname.ts'
import type { Build } from '../shape.ts'
import type { Operation } from './operations.ts'

/** The names of an operation's constant and type, given out before any other. */
export interface Named {
  readonly operation: Operation
  /** The constant of the call. */
  readonly name: string
  /** The type of what it answers, '' where it answers nothing. */
  readonly alias: string
  /** The type of its input where that has a header besides its body, '' where it has none. */
  readonly input: string
  /** Its name in logs and keys, where another operation has the same. */
  readonly label: string | undefined
}

/** Gives the operations their names, and proposes some for the elements that they send and get. */
export function nameOperations(build: Build, operations: readonly Operation[]): Named[] {
  const seen = new Map<string, number>()
  const propose = (key: string, name: string) => {
    if (!build.proposals.has(key)) build.proposals.set(key, name)
  }
  return operations.map((operation) => {
    const count = (seen.get(operation.name) ?? 0) + 1
    seen.set(operation.name, count)
    const [camel, pascal] = [camelCase(operation.name), pascalCase(operation.name)]
    const named = {
      operation,
      name: build.names.take(camel, `${camel}Operation`),
      alias: operation.output ? build.names.take(pascal, `${pascal}Output`) : '',
      input: operation.input.headers.length > 0 ? build.names.take(`${pascal}Input`, `${pascal}OperationInput`) : '',
      label: count === 1 ? undefined : `${operation.name}${count}`,
    }
    for (const [message, suffix] of [
      [operation.input, 'Request'],
      [operation.output, 'Response'],
    ] as const) {
      for (const { element } of message?.body ?? []) {
        if (element === undefined || !build.schemas.has('element', element)) continue
        propose(`element ${keyOf(element)}`, pascal + suffix)
        const { node, file } = build.schemas.find('element', element, '')
        const type = attribute(node, 'type')
        if (type !== undefined)
          propose(`type ${keyOf(build.schemas.resolve(file, node, type, `element ${element.local}`))}`, pascal + suffix)
      }
    }
    return named
  })
}
