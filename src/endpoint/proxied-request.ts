/**
 * What a team's functions see of a request that is passed on: its head, as it came. They are `rewrite`, `when` and `by` of a target, and
 * those in `headers.….set`; the hooks that see bodies are given a `ProxiedMessage`.
 *
 * @example const tenant = ({ header }: ProxiedRequest): string | undefined => header('x-tenant')
 */
export interface ProxiedRequest {
  readonly method: string
  /** The whole path, still encoded, without what only says the client. */
  readonly path: string
  readonly query: URLSearchParams
  /** The host that was asked, in lower case and without its port; what proxies in front say of it, where they are trusted. */
  readonly host: string
  /** A header, several lines of it joined; its name in any case. */
  readonly header: (name: string) => string | undefined
}
