import { z } from 'zod'
import { bytesOption, shareOption } from '../options.ts'
import { type Upstream, type UpstreamOption, upstreamFor, upstreamOption } from './proxy-upstream.ts'

/** A second backend that is sent the same requests, and whose answers nobody sees. */
export interface ShadowOptions {
  readonly to: UpstreamOption
  /** The share of the requests that it is sent, 0 to 1; all if not said. */
  readonly share?: number
  /** Whether it is also sent what changes something; no if not said: then it would be done twice wherever both have one database. */
  readonly writes?: boolean
  /** Requests with larger bodies are not sent to it, 64 kB if not said. Bytes. */
  readonly maxBytes?: number
}

/** The same, checked. */
export interface Shadow {
  readonly backend: Upstream
  readonly share: number
  readonly writes: boolean
  readonly maxBytes: number
}

/** For a proxy's schema. */
export const shadowOption = z.strictObject(
  {
    to: upstreamOption,
    share: shareOption.optional(),
    writes: z.boolean('true or false was expected').optional(),
    maxBytes: bytesOption.optional(),
  },
  '{ to: a backend, an http URL or env(…), share, writes, maxBytes } was expected',
)

/**
 * Fills in what is not said.
 *
 * @param name of the route's own backend: one that is made for a URL is named after it
 * @throws DefinitionError for a backend that nothing can be streamed to
 */
export function shadowOf(what: string, name: string, said: ShadowOptions): Shadow {
  return Object.freeze({
    backend: upstreamFor(`${what} at 'shadow.to'`, `${name}:shadow`, said.to),
    share: said.share ?? 1,
    writes: said.writes ?? false,
    maxBytes: said.maxBytes ?? 65_536,
  })
}
