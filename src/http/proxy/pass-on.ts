import { IncomingMessage } from 'node:http'
import { createProxyMiddleware } from 'http-proxy-middleware'
import type { Instance } from '../../call/balance/instance.ts'
import type { Upgrade } from '../upgrade.ts'
import type { Tunnel } from './tunnel.ts'
import { fieldsOf } from './upgrade-head.ts'

/** What is asked of one instance. */
export interface Passing {
  readonly tunnel: Tunnel
  readonly upgrade: Upgrade
  readonly instance: Instance
  readonly method: string
  /** With the instance's own base path, and the query. */
  readonly path: string
  /** All fields, names and values in turn. */
  readonly fields: readonly string[]
}

/** Asks for an upgrade, and when it is there passes bytes both ways. */
export type PassOn = (passing: Passing) => void

/**
 * http-proxy-middleware without its own logger, error pages and rules for fields: each request says where it goes and with what, and
 * its tunnel is the first to hear of what becomes of it.
 */
export function passOn(): PassOn {
  const middleware = createProxyMiddleware<Passed>({
    router: ({ passing: { instance, method } }, _, options) => {
      const { serverName } = instance
      // What is in `ssl` goes to Node's client as it is: the name is that of the host that is meant, whatever is connected to.
      Object.assign(options, { method, ssl: serverName === undefined ? {} : { servername: serverName } })
      return instance.origin
    },
    pathRewrite: (_, { passing }) => passing.path,
    ejectPlugins: true,
    plugins: [
      (server) => {
        server.on('proxyReqWs', (asking, { passing: { tunnel, upgrade } }) => {
          asking.setHeader('upgrade', upgrade.protocols.join(', '))
          tunnel.asked(asking)
        })
        server.on('error', (error, request) => request?.passing.tunnel.fail(error))
      },
    ],
  })
  return (passing) => {
    const { socket, head } = passing.upgrade
    middleware.upgrade(new Passed(passing), socket, head)
  }
}

/** What http-proxy-middleware is given in the place of the client's request: it takes path and fields from it as they are. */
class Passed extends IncomingMessage {
  readonly passing: Passing

  constructor(passing: Passing) {
    super(passing.upgrade.socket)
    this.passing = passing
    // It passes on WebSockets alone, and looks at these; what is really asked for is said in its hooks.
    this.method = 'GET'
    this.headers = { ...(fieldsOf(passing.fields) as IncomingMessage['headers']), upgrade: 'websocket' }
    // Its filter cannot read every path that there is.
    this.url = '/'
    this.httpVersion = '1.1'
    this.httpVersionMajor = 1
    this.httpVersionMinor = 1
  }
}
