import { nameFor, type ProxiedRoute } from '../endpoint/proxy-route.ts'
import { PROBLEMS } from '../http/problem.ts'
import { hasDotSegments } from '../lib/path.ts'
import { literal } from '../lib/path-match.ts'
import { CommandError } from './command-error.ts'

/** What a proxied route is made of. */
export interface NewProxy {
  /** What its paths begin with; `/` for all paths. */
  readonly path: string
  /** A URL, or the name of an environment variable. */
  readonly target: string
  readonly methods: string
}

/** @throws CommandError for what can be no name of a file */
export function checkName(name: string): string {
  if (!/^[A-Za-z0-9][\w-]*$/.test(name))
    throw new CommandError(`the name '${name}': letters, digits, - and _ were expected, and no _ at its beginning`)
  return name
}

/** What Facet answers itself, unless a route takes it. */
const OWN_PAGES = /^\/(livez|readyz|problems(\/.*)?)$/

/**
 * The prefix of a path, however the consoles write it: `legacy`, `/legacy/`, `/legacy/{proxy+}`, `/legacy/*`.
 *
 * @throws CommandError for what can be none, and for what no request could reach or others need
 */
export function checkPath(text: string): string {
  const path = `/${text.replace(/\/(\*\w*|\{\w+\+\})$/, '').replace(/^\/+|\/+$/g, '')}`
  const wrong = wrongWith(path)
  if (text === '' || wrong !== undefined)
    throw new CommandError(`the path '${text}': ${wrong ?? 'plain text such as /legacy was expected'}`)
  return path
}

function wrongWith(path: string): string | undefined {
  if (/[^\w/.~%-]/.test(path)) return 'plain text such as /legacy was expected'
  const [broken] = /%(?![\da-f]{2}).{0,2}/i.exec(path) ?? []
  if (broken !== undefined) return `'${broken}' is no escape; plain text such as /legacy was expected`
  if (hasDotSegments(path)) return 'dot segments are refused in every request, so nothing could reach it'
  if (OWN_PAGES.test(literal(path)))
    return `Facet answers /livez, /readyz and ${PROBLEMS} itself; another one was expected`
  try {
    nameFor(routeOf({ path, target: '', methods: 'ANY' }))
    return undefined
  } catch {
    return 'plain text such as /legacy was expected'
  }
}

/**
 * What stands in a string and in a comment of the module as it is: nothing that could end either.
 *
 * @throws CommandError for what is neither a URL of a server nor the name of a variable
 */
export function checkTarget(target: string): string {
  if (isVariable(target)) return target
  const url = URL.parse(target)
  // Before the target itself is in any message.
  if (url && (url.username !== '' || url.password !== ''))
    throw new CommandError('the target carries credentials, which no module should; an http or https URL was expected')
  if (!url || !/^https?:\/\/[^?#]+$/i.test(target))
    throw new CommandError(
      `the target '${target}': an http or https URL was expected, or a variable such as LEGACY_URL`,
    )
  const [odd] = /[^\w.~:/[\]@!$&()+,;=%-]/u.exec(target) ?? []
  if (odd !== undefined)
    throw new CommandError(
      `the target '${target}': an http or https URL without ${JSON.stringify(odd)} was expected, or a variable such as LEGACY_URL`,
    )
  return target
}

/** @throws CommandError for what are no methods */
export function checkMethods(text: string): string {
  const methods = text.toUpperCase()
  try {
    nameFor(`${methods} /*path`)
  } catch (error) {
    throw new CommandError(`the methods '${text}': ANY or a list such as GET,POST was expected`, error)
  }
  return methods
}

/** The module as it is written. */
export function proxyModule(wanted: NewProxy): string {
  const { path, target } = wanted
  const isFromEnvironment = isVariable(target)
  const where = isFromEnvironment ? `what ${target} names` : target
  const before = path === '/' ? '' : path
  return `import { ${isFromEnvironment ? 'env, ' : ''}proxy } from 'facet'

/** \`${before}/x?y=z\` is \`/x?y=z\` of ${where}. */
export default proxy('${routeOf(wanted)}', ${isFromEnvironment ? `env('${target}')` : `'${target}'`})
`
}

/** What to type to see whether it works. */
export function tryLine({ path, target, methods }: NewProxy): string {
  const method = methods === 'ANY' || methods.split(',').includes('GET') ? '' : `-X ${methods.split(',')[0]} `
  const start = isVariable(target) ? `${target}=http://… npm start, and then ` : ''
  return `${start}curl -i ${method}http://localhost:3000${path === '/' ? '/' : `${path}/`}`
}

function routeOf({ path, methods }: NewProxy): ProxiedRoute {
  return `${methods} ${path === '/' ? '' : path}/*path` as ProxiedRoute
}

function isVariable(target: string): boolean {
  return /^[A-Z_][A-Z0-9_]*$/.test(target)
}
