import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { type SecurityToken, securityHeader } from '../../../src/codec/soap/security.ts'
import { type Element, readDocument } from '../../../src/codec/xml/index.ts'

const OASIS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss'
const WSSE = `${OASIS}-wssecurity-secext-1.0.xsd`
const WSU = `${OASIS}-wssecurity-utility-1.0.xsd`
const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
const NOW = Date.UTC(2026, 1, 3, 4, 5, 6, 7)

const header = (token: SecurityToken, now = NOW): Element => {
  const text = `<soap:Header xmlns:soap="${SOAP}">${securityHeader(token, now)}</soap:Header>`
  return readDocument(Buffer.from(text), undefined).children('Security', WSSE)[0] as Element
}
const tokenOf = (security: Element) => security.children('UsernameToken', WSSE)[0] as Element
const text = (element: Element, local: string, ns = WSSE) => element.children(local, ns)[0]?.text

describe('the header block of WS-Security', () => {
  test('must be understood', () => {
    expect(header({ username: 'a', password: 'b' }).attribute('mustUnderstand', SOAP)).toBe('1')
  })

  test('has the name and the password as they are, escaped', () => {
    const token = tokenOf(header({ username: '<ä&', password: ']]>"\'' }))
    expect([text(token, 'Username'), text(token, 'Password')]).toEqual(['<ä&', ']]>"\''])
    expect(token.children('Password', WSSE)[0]?.attribute('Type', '')).toBe(
      `${OASIS}-username-token-profile-1.0#PasswordText`,
    )
    expect(token.all().map(({ local }) => local)).toEqual(['Username', 'Password'])
  })

  test('has a digest by the formula of the profile, section 3.1: SHA-1 of nonce, time and password', () => {
    const password = 'pässwörd'
    const token = tokenOf(header({ username: 'ada', password, digest: true }))
    const nonce = text(token, 'Nonce') ?? ''
    const created = text(token, 'Created', WSU) ?? ''
    const digest = createHash('sha1')
      .update(Buffer.concat([Buffer.from(nonce, 'base64'), Buffer.from(created), Buffer.from(password)]))
      .digest('base64')
    expect(created).toBe('2026-02-03T04:05:06.007Z')
    expect(text(token, 'Password')).toBe(digest)
    expect(token.children('Password', WSSE)[0]?.attribute('Type', '')).toBe(
      `${OASIS}-username-token-profile-1.0#PasswordDigest`,
    )
    expect(token.children('Nonce', WSSE)[0]?.attribute('EncodingType', '')).toBe(
      `${OASIS}-soap-message-security-1.0#Base64Binary`,
    )
    expect(JSON.stringify(securityHeader({ username: 'ada', password, digest: true }, NOW))).not.toContain(password)
  })

  test('has another nonce of sixteen bytes each time', () => {
    const nonces = Array.from({ length: 50 }, () =>
      text(tokenOf(header({ username: 'a', password: 'b', digest: true })), 'Nonce'),
    )
    expect(new Set(nonces).size).toBe(50)
    for (const nonce of nonces) expect(Buffer.from(nonce ?? '', 'base64')).toHaveLength(16)
  })

  test('has the time, and when it ends', () => {
    const security = header({ lifetime: 90_000 })
    const timestamp = security.children('Timestamp', WSU)[0] as Element
    expect([text(timestamp, 'Created', WSU), text(timestamp, 'Expires', WSU)]).toEqual([
      '2026-02-03T04:05:06.007Z',
      '2026-02-03T04:06:36.007Z',
    ])
    expect(security.all().map(({ local }) => local)).toEqual(['Timestamp'])
    expect(header({ lifetime: 1, username: 'a', password: 'b' }).all()).toHaveLength(2)
  })
})
