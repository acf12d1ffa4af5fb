import type { Control } from './control.ts'
import { json, pathOf, type Reply } from './reply.ts'

/** What the administration routes need of a mock backend. */
export interface Steerable {
  readonly requests: readonly unknown[]
  state(): Readonly<Control>
  control(change: unknown): void
  reset(): void
}

const HEALTHY = json(200, { status: 'ok' })

/**
 * Answers the routes by which a mock backend is steered and watched from outside; faults never affect them. Undefined for
 * any other path.
 */
export function admin(mock: Steerable, method: string, url: string, body: string): Reply | undefined {
  switch (pathOf(url)) {
    case '/_health':
      return isRead(method) ? HEALTHY : notAllowed('GET, HEAD')
    case '/_requests':
      return isRead(method) ? json(200, mock.requests) : notAllowed('GET, HEAD')
    case '/_control':
      return control(mock, method, body)
    default:
      return undefined
  }
}

function control(mock: Steerable, method: string, body: string): Reply {
  if (method === 'PUT') {
    try {
      mock.control(JSON.parse(body))
    } catch (error) {
      return json(400, { error: error instanceof SyntaxError ? 'control: the body is not JSON' : messageOf(error) })
    }
  } else if (method === 'DELETE') {
    mock.reset()
  } else if (!isRead(method)) {
    return notAllowed('GET, HEAD, PUT, DELETE')
  }
  return json(200, mock.state())
}

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD'

const notAllowed = (allow: string): Reply => json(405, { error: `allowed here: ${allow}` }, ['allow', allow])

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
