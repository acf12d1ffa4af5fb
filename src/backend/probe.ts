import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { type HealthOptions, isExpectedStatus, type Probe } from '../call/balance/health.ts'

/**
 * A probe that asks for the path with GET, on a connection of its own: one that is kept alive would say nothing of whether the
 * instance still takes new ones.
 */
export function probeOf(options: HealthOptions): Probe {
  return ({ origin, authority, serverName }, signal) =>
    new Promise((resolve, reject) => {
      const request = origin.startsWith('https:') ? httpsRequest : httpRequest
      const asked = request(origin + options.path, {
        agent: false,
        signal,
        headers: { host: authority, 'user-agent': 'Facet health check', connection: 'close' },
        ...(serverName !== undefined && { servername: serverName }),
      })
      asked.once('error', reject)
      asked.once('response', (answer) => {
        answer.once('error', reject)
        // It works when it can also send what it has announced.
        answer.once('end', () => resolve(isExpectedStatus(options, answer.statusCode ?? 0)))
        answer.resume()
      })
      asked.end()
    })
}
