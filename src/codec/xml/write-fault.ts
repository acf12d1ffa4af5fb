import { FacetError, isFacetError } from '../../errors.ts'
import type { Unsendable } from './escape.ts'
import { isXmlName } from './names.ts'
import { required, scalar } from './object-shape.ts'
import type { ObjectShape, Part } from './shape.ts'
import { Writer } from './writer.ts'

type Path = readonly (string | number)[]

const ANYWHERE = { local: 'x', ns: '' }

/**
 * A failure to write, with the path of what could not be written in its message. The writer keeps no path, which would cost
 * every document something: a part that fails alone is looked for once the whole has failed.
 */
export function locateFault(error: unknown, value: unknown, part: Part, unsendable: Unsendable | undefined): unknown {
  if (!isFacetError(error) && !(error instanceof TypeError)) return error
  const path = new Locator(new Writer(unsendable)).path(value, part).join('.')
  if (path === '') return error
  const message = `${path}: ${error.message}`
  if (!isFacetError(error)) return new TypeError(message, { cause: error })
  const { code, issues = [] } = error
  return new FacetError(code, { detail: message, issues, cause: error })
}

class Locator {
  readonly #writer: Writer

  constructor(writer: Writer) {
    this.#writer = writer
  }

  path(value: unknown, part: Part): Path {
    const { shape } = part
    if (value === null || value === undefined) return []
    switch (shape.kind) {
      case 'list': {
        const items = value as readonly unknown[]
        const at = items.findIndex((item) => this.#fails(item, shape.item))
        return at < 0 ? [] : [at, ...this.path(items[at], shape.item)]
      }
      case 'object':
        return shape.unwrap === undefined
          ? this.#inObject(value as Readonly<Record<string, unknown>>, shape)
          : this.path(value, (shape.fields[0] as ObjectShape['fields'][number]).part)
      case 'embedded':
        return this.path(value, shape.part)
      default:
        return []
    }
  }

  #inObject(values: Readonly<Record<string, unknown>>, { fields, rest }: ObjectShape): Path {
    for (const { key, part, options } of fields) {
      const value = Object.hasOwn(values, key) ? values[key] : undefined
      if (options.length > 0) {
        const path = this.#inChoice(value as readonly unknown[] | null | undefined, options)
        if (path) return [key, ...path]
      } else if (this.#fails(value, part)) return [key, ...this.path(value, part)]
    }
    if (!rest) return []
    for (const [key, value] of Object.entries(values)) {
      if (!isXmlName(key)) return []
      if (this.#fails(value, rest.part)) return [key, ...this.path(value, rest.part)]
    }
    return []
  }

  #inChoice(items: readonly unknown[] | null | undefined, options: ObjectShape['elements']): Path | undefined {
    for (const [at, item] of (items ?? []).entries()) {
      const { name, value } = (typeof item === 'string' ? { value: item } : item) as { name?: string; value: unknown }
      const part = options.find(({ option }) => option === name)?.part
      if (part === undefined ? this.#fails(value, TEXT) : this.#fails(value, part))
        return part === undefined ? [at] : [at, 'value', ...this.path(value, part)]
    }
    return undefined
  }

  #fails(value: unknown, part: Part): boolean {
    try {
      this.#writer.document(ANYWHERE, value, part)
      return false
    } catch {
      return true
    }
  }
}

const TEXT = required(scalar('string'))
