import type { UpgradeSettings } from '../../endpoint/proxy-upgrade-options.ts'
import { FacetError } from '../../errors.ts'

/**
 * Refuses an upgrade that the page of another site has asked for: the browser would send the cookies of whoever looks at it, and no
 * CORS keeps the page from what comes back (RFC 6455, section 10.2).
 *
 * @param origin the request's `Origin`; undefined where no browser has asked
 * @param host what was asked, as `Host` says it
 * @throws FacetError `auth-forbidden`
 */
export function checkOrigin(origin: string | undefined, host: string, { origins }: UpgradeSettings): void {
  if (origin === undefined || origins.has('*') || origins.has(origin.toLowerCase()) || isOf(origin, host)) return
  throw new FacetError('auth-forbidden', { detail: `an upgrade was asked for by a page of '${origin}'` })
}

/** Whether a page is of the host that it asks. The port that its scheme has anyway may be said, or not. */
function isOf(origin: string, host: string): boolean {
  const scheme = /^https?:\/\//i.exec(origin)?.[0]
  if (scheme === undefined || !URL.canParse(origin) || /[/?#@\\]/.test(host)) return false
  const asked = scheme + host
  return URL.canParse(asked) && new URL(asked).host === new URL(origin).host
}
