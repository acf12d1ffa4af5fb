import type { RequestHandler } from 'express'

/** Whether this process may be sent requests. */
export interface Readiness {
  ready: boolean
}

/** `/livez`: the process runs. */
export const livez: RequestHandler = (_, response) => {
  response.set('Cache-Control', 'no-store').json({ status: 'alive' })
}

/** `/readyz`: it may be sent requests; 503 from the moment it is told to stop, so that a balancer looks elsewhere. */
export function readyz(readiness: Readiness): RequestHandler {
  return (_, response) => {
    response
      .status(readiness.ready ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ status: readiness.ready ? 'ready' : 'stopping' })
  }
}
