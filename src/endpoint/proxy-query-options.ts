import { z } from 'zod'
import { type EnvironmentVariable, isEnvironmentVariable } from '../config.ts'
import { DefinitionError } from '../errors.ts'

/** What becomes of a proxied query; all of it goes on if nothing is said. */
export interface ProxyQueryOptions {
  /** Put behind the others, in the place of what the client says under the same name: `{ key: env('LEGACY_KEY') }`. */
  readonly add?: Readonly<Record<string, string | EnvironmentVariable>>
  /** The only names that go on. */
  readonly only?: readonly string[]
  /** Names that do not. */
  readonly drop?: readonly string[]
}

/** The same, checked. */
export interface ProxyQuery {
  readonly added: readonly (readonly [name: string, value: string | EnvironmentVariable])[]
  readonly only: ReadonlySet<string> | undefined
  /** With the names that are added. */
  readonly drop: ReadonlySet<string>
}

const text = z.string('a text was expected').refine((value) => value.isWellFormed(), 'well-formed text was expected')
const name = text.min(1, 'a name was expected')
const names = z.array(name, 'a list of names was expected')

/** For a proxy's schema. */
export const proxyQueryOption = z.strictObject(
  {
    add: z
      .record(
        name,
        z.union([z.custom<EnvironmentVariable>(isEnvironmentVariable), text], 'a text or env(…) was expected'),
        'a table of names and values was expected',
      )
      .optional(),
    only: names.optional(),
    drop: names.optional(),
  },
  '{ add, only, drop } was expected',
)

/**
 * Fills in what is not said.
 *
 * @throws DefinitionError for a name that is to go on and not to
 */
export function proxyQuery(what: string, { add = {}, only, drop = [] }: ProxyQueryOptions): ProxyQuery {
  const both = drop.find((each) => only?.includes(each))
  if (both !== undefined)
    throw new DefinitionError(`${what} at 'query.drop': '${both}' is one of the 'only' that go on as well`)
  return {
    added: Object.entries(add),
    only: only && new Set(only),
    drop: new Set([...drop, ...Object.keys(add)]),
  }
}
