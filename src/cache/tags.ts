import type { Fields } from '../lib/fields.ts'

/** The tag that all that is kept of a route has. @example routeTag('GET /bestsellers') // 'route:GET /bestsellers' */
export function routeTag(route: string): string {
  return `route:${route}`
}

/** What the origin says that the response can be purged by: Surrogate-Key, by blanks, or Cache-Tag, by commas. */
export function tagsOf(fields: Fields): string[] {
  const keys = (fields.get('surrogate-key') ?? '').split(/\s+/)
  const tags = (fields.get('cache-tag') ?? '').split(',').map((tag) => tag.trim())
  return [...new Set([...keys, ...tags])].filter((tag) => tag !== '')
}
