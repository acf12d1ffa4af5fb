import { Resolver } from 'node:dns/promises'
import type { InstanceAddress } from './instance.ts'
import { type ResolveOptions, resolveAddresses } from './resolve.ts'

/** How instances are found. */
export interface DiscoveryOptions extends ResolveOptions {
  /** Milliseconds from the end of one resolution to the start of the next. */
  readonly every: number
  /** DNS servers to ask, `address` or `address:port`; the system's if not said. */
  readonly servers?: readonly string[] | undefined
}

/** Is told what has been found. None of these may throw. */
export interface DiscoveryListener {
  /** All addresses that are known, of all URLs; only where they are others than before. */
  onFound(addresses: readonly InstanceAddress[]): void
  /** A URL cannot be resolved, or leads nowhere: once, until that is over or the reason is another one. What it led to stays. */
  onFailed(url: string, error: unknown): void
  /** It can be resolved again. */
  onRecovered(url: string): void
}

/** How long one query may take until it is repeated, how often it is sent, and how long all of a resolution may take. Milliseconds. */
const QUERY_TIMEOUT = 1_000
const TRIES = 2
const LONGEST = 5_000
/** While nothing is known nobody can be asked, so that it is not waited for long. Milliseconds. */
const IMPATIENT = 1_000

/**
 * Resolves the URLs of a backend again and again. What fails, and what comes back empty, changes nothing: a broken DNS server is
 * no reason to stop asking backends that work. One resolution follows another and never runs beside it.
 */
export class Discovery {
  /** Settles when the first resolution has ended, well or not. It never rejects. */
  readonly ready: Promise<void>
  readonly #urls: readonly InstanceAddress[]
  readonly #options: DiscoveryOptions
  readonly #listener: DiscoveryListener
  readonly #resolver = new Resolver({ timeout: QUERY_TIMEOUT, tries: TRIES })
  /** What each URL led to last. */
  readonly #found = new Map<string, readonly InstanceAddress[]>()
  /** The last failure of each URL that fails. */
  readonly #failures = new Map<string, string>()
  #told = ''
  #timer: ReturnType<typeof setTimeout> | undefined
  #isClosed = false

  /**
   * Begins at once.
   *
   * @param urls with the weights that are said for them
   * @throws TypeError where a server is no IP address
   */
  constructor(urls: readonly InstanceAddress[], options: DiscoveryOptions, listener: DiscoveryListener) {
    this.#urls = urls
    this.#options = options
    this.#listener = listener
    if (options.servers) this.#resolver.setServers(options.servers)
    this.ready = this.#run()
  }

  /** Asks no more; what is under way is cancelled, and tells nothing. */
  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#resolver.cancel()
  }

  async #run(): Promise<void> {
    // c-ares may wait longer for a query than it is told, and a service takes several queries one after the other.
    const late = setTimeout(() => this.#resolver.cancel(), LONGEST).unref()
    await Promise.all(this.#urls.map((url) => this.#resolve(url)))
    clearTimeout(late)
    if (this.#isClosed) return
    this.#tell()
    const { every } = this.#options
    const pause = this.#found.size === 0 ? Math.min(IMPATIENT, every) : every
    this.#timer = setTimeout(() => void this.#run(), pause).unref()
  }

  async #resolve(said: InstanceAddress): Promise<void> {
    const { url } = said
    try {
      const addresses = await resolveAddresses(this.#resolver, said, this.#options)
      if (addresses.length === 0) throw Object.assign(new Error(`${url} leads to no address`), { code: 'ENODATA' })
      if (this.#isClosed) return
      this.#found.set(url, addresses)
      if (this.#failures.delete(url)) this.#listener.onRecovered(url)
    } catch (error) {
      const failure = String((error as { code?: unknown }).code ?? error)
      if (this.#isClosed || this.#failures.get(url) === failure) return
      this.#failures.set(url, failure)
      this.#listener.onFailed(url, error)
    }
  }

  #tell(): void {
    const addresses = this.#urls.flatMap(({ url }) => this.#found.get(url) ?? [])
    const text = JSON.stringify(addresses)
    if (addresses.length === 0 || text === this.#told) return
    this.#told = text
    this.#listener.onFound(addresses)
  }
}
