import { createHash, randomBytes } from 'node:crypto'
import { escapeText } from '../xml/escape.ts'

/** What WS-Security says of the sender. */
export interface SecurityToken {
  /** UsernameToken; without one there is only the timestamp. */
  readonly username?: string | undefined
  readonly password?: string | undefined
  /** Sends a digest of the password, a nonce and the time in place of the password. */
  readonly digest?: boolean | undefined
  /** How long the message holds, in milliseconds: sends a Timestamp. */
  readonly lifetime?: number | undefined
}

const OASIS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss'
const WSSE = `${OASIS}-wssecurity-secext-1.0.xsd`
const WSU = `${OASIS}-wssecurity-utility-1.0.xsd`
const PROFILE = `${OASIS}-username-token-profile-1.0`
const BASE64 = `${OASIS}-soap-message-security-1.0#Base64Binary`
const NONCE_BYTES = 16

/**
 * The header block of WS-Security (SOAP Message Security 1.0, UsernameToken Profile 1.0). It stands in an envelope whose
 * prefix is `soap`.
 *
 * @param now milliseconds since 1970
 */
export function securityHeader(token: SecurityToken, now: number): string {
  const parts = timestamp(token, now) + usernameToken(token, now)
  return `<wsse:Security xmlns:wsse="${WSSE}" xmlns:wsu="${WSU}" soap:mustUnderstand="1">${parts}</wsse:Security>`
}

function timestamp({ lifetime }: SecurityToken, now: number): string {
  if (lifetime === undefined) return ''
  const created = `<wsu:Created>${new Date(now).toISOString()}</wsu:Created>`
  return `<wsu:Timestamp>${created}<wsu:Expires>${new Date(now + lifetime).toISOString()}</wsu:Expires></wsu:Timestamp>`
}

function usernameToken({ username, password = '', digest }: SecurityToken, now: number): string {
  if (username === undefined) return ''
  const name = `<wsse:Username>${escapeText(username)}</wsse:Username>`
  const created = new Date(now).toISOString()
  if (!digest) {
    const text = `<wsse:Password Type="${PROFILE}#PasswordText">${escapeText(password)}</wsse:Password>`
    return `<wsse:UsernameToken>${name}${text}</wsse:UsernameToken>`
  }
  const nonce = randomBytes(NONCE_BYTES)
  const hash = createHash('sha1').update(nonce).update(created).update(password).digest('base64')
  const secret = `<wsse:Password Type="${PROFILE}#PasswordDigest">${hash}</wsse:Password>`
  const once = `<wsse:Nonce EncodingType="${BASE64}">${nonce.toString('base64')}</wsse:Nonce>`
  return `<wsse:UsernameToken>${name}${secret}${once}<wsu:Created>${created}</wsu:Created></wsse:UsernameToken>`
}
