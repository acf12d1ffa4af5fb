import type { Cached } from '../cache/entry.ts'
import type { SourceRecord } from '../channels.ts'
import { quoted } from '../lib/headers.ts'

/**
 * The `Facet` member of Cache-Status (RFC 9211, section 2). Seconds.
 *
 * @param cached what the reply cache said; undefined where the endpoint has none
 * @param levels what the levels before it said, where the reply was made for this request
 */
export function cacheStatus(
  cached: Pick<Cached<unknown>, 'state' | 'ttl' | 'stored'> | undefined,
  key: string | undefined,
  levels?: string,
): string {
  const shown = key === undefined ? '' : `; key=${quoted(key)}`
  const detail = levels === undefined ? '' : `; detail=${quoted(levels)}`
  const seconds = Math.floor((cached?.ttl ?? 0) / 1000)
  switch (cached?.state) {
    case undefined:
      return `Facet; fwd=bypass${detail}`
    case 'hit':
    case 'stale':
      return `Facet; hit; ttl=${seconds}${shown}`
    case 'stale-if-error':
      return `Facet; fwd=stale; ttl=${seconds}; detail=stale-if-error${shown}`
    case 'bypass':
      return `Facet; fwd=request${shown}${detail}`
    case 'collapsed':
      return `Facet; fwd=uri-miss; collapsed${shown}`
    case 'miss':
      return `Facet; fwd=uri-miss${cached?.stored ? '; stored' : ''}${shown}${detail}`
  }
}

/** What the levels before the reply cache said, counted: `call hit 2, call miss`; undefined where there are none. */
export function levelsOf(records: readonly SourceRecord[]): string | undefined {
  let counts: Map<string, number> | undefined
  for (const { told } of records) {
    for (const said of told ?? []) {
      counts ??= new Map()
      counts.set(said, (counts.get(said) ?? 0) + 1)
    }
  }
  return counts && [...counts].map(([said, count]) => (count > 1 ? `${said} ${count}` : said)).join(', ')
}
