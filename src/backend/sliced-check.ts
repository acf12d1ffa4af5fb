import { z } from 'zod'
import type { CancelToken } from '../lib/cancel.ts'
import { inSlices } from '../lib/slices.ts'

/**
 * Checks a value, some items of its lists at a time.
 *
 * @returns what `safeParse` would; of several issues it may name others first. The value's lists are changed in place
 */
export type SlicedCheck = (value: unknown, token: CancelToken) => Promise<z.ZodSafeParseResult<unknown>>

/**
 * The check of a large value: of its lists a few items after the others, then of the rest, so that whatever else the process
 * has to do is done in between. All at once it takes as long as decoding does.
 *
 * @returns undefined for a schema without lists that could be checked on their own
 */
export function slicedCheck(schema: z.ZodType): SlicedCheck | undefined {
  const split = new Splitter().split(schema)
  if (split === undefined) return undefined
  return async (value, token) => {
    const items = split.items(value)
    let failure: z.ZodError | undefined
    await inSlices(() => {
      const next = items.next()
      failure = next.value
      return next.done === true || failure !== undefined
    }, token)
    return failure ? { success: false, error: failure } : split.rest.safeParse(value)
  }
}

interface Split {
  /** The schema, for a value whose items have been checked. */
  readonly rest: z.ZodType
  /** Checks the items of the lists in a value, some a step, and puts what they become in their place; stops at a wrong one. */
  items(value: unknown): Steps
}

type Steps = Generator<z.ZodError | undefined, undefined, void>

/** Each item of a list of so few may be large itself, so its own lists are looked for; in longer ones that costs too much. */
const FEW = 64
/** Into how many steps a list is divided at least, and how many items are checked in one step at the most. */
const STEPS = 256
const AT_ONCE = 16

class Splitter {
  /** Objects on the way down: one that is met within itself is checked whole there. */
  readonly #open = new Set<unknown>()

  /** What a `catch`, a `prefault` or a union makes of a wrong item is theirs to say, so that they get to see all of it. */
  split(schema: z.ZodType): Split | undefined {
    const { def } = (schema as unknown as z.core.$ZodTypes)._zod
    switch (def.type) {
      case 'optional':
      case 'nullable':
      case 'nonoptional':
      case 'default':
      case 'readonly':
        return this.#inner(schema, def.innerType as z.ZodType, 'innerType')
      case 'pipe':
        return this.#inner(schema, def.in as z.ZodType, 'in')
      case 'object':
        return this.#object(schema, def)
      case 'lazy':
        return this.split(def.getter() as z.ZodType)
      case 'record':
        return this.#record(schema, def.valueType as z.ZodType)
      case 'array':
        return this.#list(schema, def.element as z.ZodType)
      default:
        return undefined
    }
  }

  #inner(schema: z.ZodType, inner: z.ZodType, key: string): Split | undefined {
    const split = this.split(inner)
    return split && { rest: withDef(schema, { [key]: split.rest }), items: split.items }
  }

  #object(schema: z.ZodType, def: z.core.$ZodObjectDef): Split | undefined {
    if (this.#open.has(def)) return undefined
    this.#open.add(def)
    const parts = Object.entries(def.shape).flatMap(([key, property]) => {
      const split = this.split(property as z.ZodType)
      return split ? [{ key, split }] : []
    })
    this.#open.delete(def)
    if (parts.length === 0) return undefined
    const rests = Object.fromEntries(parts.map(({ key, split }) => [key, split.rest]))
    return {
      rest: withDef(schema, { shape: { ...def.shape, ...rests } }),
      *items(value) {
        if (typeof value !== 'object' || value === null) return undefined
        for (const { key, split } of parts) {
          if (Object.hasOwn(value, key)) yield* below(key, split.items((value as Record<string, unknown>)[key]))
        }
        return undefined
      },
    }
  }

  #record(schema: z.ZodType, element: z.ZodType): Split {
    return {
      rest: withDef(schema, { valueType: z.unknown() }),
      *items(record) {
        if (typeof record !== 'object' || record === null || Array.isArray(record)) return undefined
        const values = record as Record<string, unknown>
        let left = AT_ONCE
        for (const key of Object.keys(values)) {
          const { success, data, error } = element.safeParse(values[key])
          if (!success) yield at(key, error)
          values[key] = data
          if (--left > 0) continue
          yield undefined
          left = AT_ONCE
        }
        return undefined
      },
    }
  }

  #list(schema: z.ZodType, element: z.ZodType): Split {
    const inner = this.split(element)
    return {
      rest: withDef(schema, { element: z.unknown() }),
      *items(list) {
        if (!Array.isArray(list)) return undefined
        const descends = inner !== undefined && list.length <= FEW
        const check = descends ? inner.rest : element
        const atOnce = Math.min(AT_ONCE, Math.ceil(list.length / STEPS))
        for (let index = 0; index < list.length; index++) {
          if (descends) yield* below(index, inner.items(list[index]))
          const { success, data, error } = check.safeParse(list[index])
          if (!success) yield at(index, error)
          list[index] = data
          if (index % atOnce === atOnce - 1) yield undefined
        }
        return undefined
      },
    }
  }
}

function* below(key: string | number, steps: Steps): Steps {
  for (const failure of steps) yield failure && at(key, failure)
}

function at(key: string | number, { issues }: z.ZodError): z.ZodError {
  return new z.ZodError(issues.map((issue) => ({ ...issue, path: [key, ...issue.path] })))
}

/** The same schema, with its own checks, around something else. */
function withDef(schema: z.ZodType, changed: object): z.ZodType {
  return schema.clone({ ...schema._zod.def, ...changed } as never)
}
