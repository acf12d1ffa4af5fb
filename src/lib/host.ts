import { isIPv6 } from 'node:net'

/**
 * A registered name or an IPv4 address, and a port (RFC 3986, section 3.2.2). Not one without a host: no http URL has that (RFC 9110,
 * section 4.2.1).
 */
const NAME = /^[\w.~!$&'()*+,;=-]*(?:%[\dA-Fa-f]{2}[\w.~!$&'()*+,;=-]*)*(?::\d*)?$/
/** An address in brackets, as IPv6 or as what may come after it, and a port. */
const LITERAL = /^\[(?:([\da-f:.]+)|v[\da-f]+\.[\w.~!$&'()*+,;=:-]+)\](?::\d*)?$/i

const COLON = 58
const BRACKET = 91

/** Whether text is a host, with a port or without, as `Host` and the authority of a URL have it (RFC 9112, section 3.2); '' is none. */
export function isHost(text: string): boolean {
  const first = text.charCodeAt(0)
  if (first === BRACKET) {
    const literal = LITERAL.exec(text)
    return literal !== null && (literal[1] === undefined || isIPv6(literal[1]))
  }
  return text !== '' && first !== COLON && NAME.test(text)
}
