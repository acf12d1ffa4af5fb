import { readFileSync } from 'node:fs'
import { json, readOnly, segmentAfter } from './reply.ts'
import { type MockBackend, type StartOptions, startMock } from './server.ts'

/** A customer as the CRM tells it. `number` is how billing knows the customer; its leading zeros matter. */
export interface CrmUser {
  readonly id: number
  readonly number: string
  readonly name: string
  readonly username: string
  readonly email: string
  readonly address: {
    readonly street: string
    readonly suite: string
    readonly city: string
    readonly zipcode: string
    readonly geo: { readonly lat: string; readonly lng: string }
  }
  readonly phone: string
  readonly website: string
  readonly company: { readonly name: string; readonly catchPhrase: string; readonly bs: string }
}

/** All users of the CRM, in the order of their ids. */
export const users: readonly CrmUser[] = (
  JSON.parse(readFileSync(new URL('data/users.json', import.meta.url), 'utf8')) as Omit<CrmUser, 'number'>[]
).map(({ id, ...rest }) => ({ id, number: String(id).padStart(5, '0'), ...rest }))

const byId = new Map(users.map((user) => [String(user.id), user]))

/**
 * Starts the CRM, a JSON service: `GET /users`, `GET /users?id=1` (an array of one, or of none) and `GET /users/1` (an object,
 * or 404).
 */
export function startCrm(port = 0, options: StartOptions = {}): Promise<MockBackend> {
  const handler = readOnly((path, query) => {
    if (path === '/users') {
      const ids = query.getAll('id')
      return json(200, ids.length === 0 ? users : users.filter(({ id }) => ids.includes(String(id))))
    }
    const id = segmentAfter('/users/', path)
    if (id === undefined) return json(404, { error: `no such resource: ${path}` })
    const user = byId.get(id)
    return user ? json(200, user) : json(404, { error: `no user ${id}` })
  })
  return startMock({ name: 'crm', ...options, port, handler })
}
