import { nameFor, type ProxiedRoute } from '../endpoint/proxy-route.ts'
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

/**
 * The prefix of a path, however the consoles write it: `legacy`, `/legacy/`, `/legacy/{proxy+}`, `/legacy/*`.
 *
 * @throws CommandError for what can be none
 */
export function checkPath(text: string): string {
  const path = `/${text.replace(/\/(\*\w*|\{\w+\+\})$/, '').replace(/^\/+|\/+$/g, '')}`
  try {
    nameFor(routeOf({ path, target: '', methods: 'ANY' }))
  } catch (error) {
    throw new CommandError(`the path '${text}': plain text such as /legacy was expected`, error)
  }
  if (text === '' || /[^\w/.~%-]/.test(path))
    throw new CommandError(`the path '${text}': plain text such as /legacy was expected`)
  return path
}

/** @throws CommandError for what is neither a URL of a server nor the name of a variable */
export function checkTarget(target: string): string {
  if (isVariable(target)) return target
  const url = URL.parse(target)
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '' || /['\\\s]/.test(target))
    throw new CommandError(
      `the target '${target}': an http or https URL was expected, or a variable such as LEGACY_URL`,
    )
  if (url.username !== '' || url.password !== '')
    throw new CommandError('the target carries credentials, which no module should; an http or https URL was expected')
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
