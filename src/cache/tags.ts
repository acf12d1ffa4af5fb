/** The tag that all that is kept of a route has. @example routeTag('GET /bestsellers') // 'route:GET /bestsellers' */
export function routeTag(route: string): string {
  return `route:${route}`
}
