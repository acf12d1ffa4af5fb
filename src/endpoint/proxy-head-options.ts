import { z } from 'zod'
import { type EnvironmentVariable, isEnvironmentVariable } from '../config.ts'
import { DefinitionError } from '../errors.ts'
import { isFieldValue, isToken } from '../lib/headers.ts'
import { functionOption } from '../options.ts'
import type { ProxiedRequest } from './proxied-request.ts'

/** A header's value: the same for all, a variable of the environment, or made of the request; undefined leaves it out. */
export type FieldSetting = string | EnvironmentVariable | ((request: ProxiedRequest) => string | undefined)

/** What becomes of the headers of one direction. Names are meant in any case. */
export interface FieldOptions {
  /** The only ones that are passed on, besides what a body cannot be read without (`Content-Encoding` and the like); all if not said. */
  readonly allow?: readonly string[]
  /** Those that are not passed on. `Forwarded` and `X-Forwarded-*`, which Facet says of a request, are left out as well. */
  readonly deny?: readonly string[]
  /** Those that Facet says, in the place of what has come. */
  readonly set?: Readonly<Record<string, FieldSetting>>
}

/** How the heads of a proxied route's messages are changed. */
export interface ProxyHeadOptions {
  /** `'keep'` tells the backend the host that the client has asked; else it is told its own. */
  readonly host?: 'keep'
  /** Whether `Location` and `Content-Location` that point at the backend are made to point at this route: so if not said. */
  readonly location?: boolean
  /**
   * Whether cookies of the backend become cookies of this route: so if not said. Domains are replaced by exact name, paths with what
   * is below them; what is not named here is changed where it is the backend's.
   */
  readonly cookies?: boolean | CookieOptions
  readonly headers?: { readonly request?: FieldOptions; readonly response?: FieldOptions }
}

/** Which domains and paths of cookies are replaced by which. */
export interface CookieOptions {
  readonly domain?: Readonly<Record<string, string>>
  readonly path?: Readonly<Record<`/${string}`, `/${string}`>>
}

/** What becomes of the fields of one direction; names in lower case. */
export interface FieldRules {
  /** Undefined for all. */
  readonly allowed: ReadonlySet<string> | undefined
  readonly denied: ReadonlySet<string>
  readonly set: readonly (readonly [name: string, value: FieldSetting])[]
}

/** Which parts of cookies are replaced. */
export interface CookieTable {
  /** By the name in lower case, without a dot before it. */
  readonly domains: ReadonlyMap<string, string>
  /** The longest path first, so that the most exact one is found. */
  readonly paths: readonly (readonly [from: string, to: string])[]
}

/** The options of a route's heads, as they are used. */
export interface ProxyHeads {
  readonly keepsHost: boolean
  readonly location: boolean
  /** Undefined where cookies are left as they are. */
  readonly cookies: CookieTable | undefined
  readonly request: FieldRules
  readonly response: FieldRules
}

/** What frames a message, belongs to a connection, or is what this server says of itself: no route decides about it. */
const RESERVED: ReadonlySet<string> = new Set([
  ...['connection', 'content-length', 'expect', 'host', 'keep-alive', 'max-forwards', 'proxy-authenticate'],
  ...['proxy-authentication-info', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding'],
  ...['upgrade', 'via', 'x-request-id'],
])

/** What a body cannot be read without: allowed wherever anything is. */
const OF_BODIES = ['content-encoding', 'content-length', 'content-range']

const name = z
  .string()
  .refine(
    (name) => isToken(name) && !RESERVED.has(name.toLowerCase()),
    'the name of a header that a route may decide about was expected',
  )
const setting = z.custom<FieldSetting>(
  (value) =>
    (typeof value === 'string' && isFieldValue(value)) ||
    isEnvironmentVariable(value) ||
    functionOption().safeParse(value).success,
  'a header value, env(…) or a function was expected',
)
const names = z.array(name, 'a list of names of headers was expected')
const fields = z.strictObject(
  {
    allow: names.optional(),
    deny: names.optional(),
    set: z.record(name, setting, 'a table of headers and their values was expected').optional(),
  },
  '{ allow, deny, set } was expected',
)
const host = z
  .string('the name of a host was expected')
  .regex(/^\.?[\w-]+(\.[\w-]+)*$/, 'the name of a host was expected')
// Written into an attribute of a cookie as it is.
const path = z
  .string("a path that starts with '/' was expected")
  .regex(/^\/[\x21-\x3a\x3c-\x7e]*$/, "a path that starts with '/' was expected")

/** The shape of these options, for the schema of all options of a route. */
export const proxyHeadShape = {
  host: z.literal('keep', "'keep' was expected").optional(),
  location: z.boolean('true or false was expected').optional(),
  cookies: z
    .preprocess(
      // A union would not say which part of the tables is wrong.
      (value) => (typeof value === 'boolean' ? {} : value),
      z.strictObject(
        {
          domain: z.record(host, host, 'a table of domains was expected').optional(),
          path: z.record(path, path, 'a table of paths was expected').optional(),
        },
        'true, false or tables of domains and paths were expected',
      ),
    )
    .optional(),
  headers: z
    .strictObject({ request: fields.optional(), response: fields.optional() }, '{ request, response } was expected')
    .optional(),
} as const

/**
 * Settles the options of a route's heads, after they have been checked against their shape.
 *
 * @param route whose they are, for messages
 * @throws DefinitionError for a name that is said twice
 */
export function settleHeads(route: string, { host, location, cookies = true, headers }: ProxyHeadOptions): ProxyHeads {
  const rules = (side: 'request' | 'response') => settleFields(`proxy '${route}' at 'headers.${side}`, headers?.[side])
  return {
    keepsHost: host === 'keep',
    location: location !== false,
    cookies: cookies === false ? undefined : settleCookies(cookies === true ? {} : cookies),
    request: rules('request'),
    response: rules('response'),
  }
}

function settleFields(where: string, { allow, deny = [], set = {} }: FieldOptions = {}): FieldRules {
  const lower = (names: readonly string[], option: string): ReadonlySet<string> => {
    const known = new Set<string>()
    for (const each of names) {
      if (known.has(each.toLowerCase())) throw new DefinitionError(`${where}.${option}': '${each}' stands there twice`)
      known.add(each.toLowerCase())
    }
    return known
  }
  const allowed = allow && lower(allow, 'allow')
  const denied = lower(deny, 'deny')
  const both = deny.find((each) => allowed?.has(each.toLowerCase()))
  if (both !== undefined) throw new DefinitionError(`${where}.deny': '${both}' is allowed as well`)
  lower(Object.keys(set), 'set')
  return {
    allowed: allowed && new Set([...allowed, ...OF_BODIES]),
    denied,
    set: Object.entries(set).map(([each, value]) => [each.toLowerCase(), value]),
  }
}

function settleCookies({ domain = {}, path = {} }: CookieOptions): CookieTable {
  return {
    domains: new Map(Object.entries(domain).map(([from, to]) => [from.toLowerCase().replace(/^\./, ''), to])),
    paths: Object.entries(path)
      .map(([from, to]) => [withoutSlash(from), withoutSlash(to)] as const)
      .sort(([one], [other]) => other.length - one.length),
  }
}

/** A path as a prefix of others: without slashes at its end, '' for the root. */
function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '')
}
