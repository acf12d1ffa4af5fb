/** Where one instance of a backend is, and how much it can take. */
export interface InstanceAddress {
  /** The backend's URL as it was said: origin and base path. It names the host that is meant, whatever is connected to. */
  readonly url: string
  /** `host:port` to connect to, where that is not the URL's own: what DNS gave. */
  readonly address?: string
  /** Its share compared to the others', above 0; 1 if not said. */
  readonly weight?: number
}

/** The share that an instance has at the beginning of its slow start. */
const FIRST_SHARE = 0.1

/**
 * One instance of a backend within one app. Two of the same `id` are the same one: it lives on when DNS says it again, with its
 * connections and its health.
 */
export class Instance {
  /** URL and address: what tells instances apart, also in another process. */
  readonly id: string
  readonly url: string
  /** The path of the URL, as it was said. */
  readonly pathname: string
  /** The same without slashes at its end: what stands before every other path. */
  readonly base: string
  /** Where to connect: `host:port`, an IPv6 address in brackets. */
  readonly address: string
  /** The same as an origin for a connection pool: `http://10.0.0.1:8080`. */
  readonly origin: string
  /** What the `Host` header says (RFC 9110, section 7.2). */
  readonly authority: string
  /** What TLS is told of the host, and the certificate is held to; undefined for an IP address (RFC 6066, section 3). */
  readonly serverName: string | undefined
  weight: number
  /** Attempts under way. */
  inFlight = 0
  /** When it last came into service, as `performance.now()` counts. */
  since = 0
  /** What active checks say of it. */
  healthy = true
  /** Whether it is out because its answers were failures. */
  ejected = false
  /** A circuit breaker of its own, where there is one: an instance is not chosen while it says no. */
  breaker?: { readonly available: boolean; readonly retryAfter?: number }
  /** What the strategy of its set remembers of it: whose turn it is. */
  turn = 0
  /** How many requests it may be given during its slow start (slow-start.ts). */
  credit = 0
  /** Milliseconds that this time in service begins with a smaller share; 0 where it does not. */
  #slowStart = 0

  /** @throws TypeError where `url` is no URL */
  constructor({ url, address, weight = 1 }: InstanceAddress) {
    const { protocol, host, hostname, port, pathname } = new URL(url)
    this.url = url
    this.pathname = pathname
    this.base = pathname.replace(/\/+$/, '')
    this.address = address ?? `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`
    this.id = `${url} ${this.address}`
    this.origin = `${protocol}//${this.address}`
    // SRV names a service of a host (RFC 2782): `_http._tcp.shop.test`. The host is what requests are for.
    this.authority = host.replace(/^_[^.]+\._[^.]+\./, '')
    const name = hostname.replace(/^_[^.]+\._[^.]+\./, '')
    this.serverName = isIpAddress(name) ? undefined : name
    this.weight = weight
  }

  /** Whether checks and answers say that it works; its breaker is not asked. */
  get available(): boolean {
    return this.healthy && !this.ejected
  }

  /** It comes into service, or comes back. */
  enter(slowStart: number): void {
    this.since = performance.now()
    this.#slowStart = slowStart
    this.credit = 0
  }

  /** Which part of its usual share it has now: from 0.1 when it came into service, linearly up to 1 when `slowStart` is over. */
  ramp(now: number): number {
    const slow = this.#slowStart
    if (slow === 0) return 1
    return Math.min(1, FIRST_SHARE + ((1 - FIRST_SHARE) * (now - this.since)) / slow)
  }
}

/** Whether a URL's host is an address. `URL` has made IPv4 four numbers, and put IPv6 in brackets. */
export function isIpAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(hostname)
}
