/** What one proxy says of whom it stands for: its parameters, names in lower case. */
export type ForwardedMember = ReadonlyMap<string, string>

/** One parameter and what ends it (RFC 7239, section 4): a token or a quoted string. */
const PARAMETER = /[ \t]*([!#$%&'*+\-.^_`|~\w]+)=([!#$%&'*+\-.^_`|~\w]+|"(?:[^"\\]|\\.)*")[ \t]*([;,]|$)/gy

/**
 * Reads `Forwarded`. It is read whole or not at all: a client may have begun a quoted string that swallows what the proxies behind it
 * have said.
 *
 * @param value all lines of the field, joined by commas
 * @returns the members in order, the client's own word first; none where anything is malformed, or said twice
 */
export function readForwarded(value: string): ForwardedMember[] {
  const members: Map<string, string>[] = []
  let member = new Map<string, string>()
  let end = 0
  for (const [text, name = '', said = '', stop] of value.matchAll(PARAMETER)) {
    end += text.length
    const key = name.toLowerCase()
    if (member.has(key)) return []
    member.set(key, said.startsWith('"') ? said.slice(1, -1).replace(/\\(.)/g, '$1') : said)
    if (stop === ';') continue
    members.push(member)
    member = new Map()
    if (stop === '') return end === value.length ? members : []
  }
  return []
}

/** The address of a node, without port and brackets (RFC 7239, section 6); undefined for `unknown` and for a made-up name. */
export function addressOfNode(node: string | undefined): string | undefined {
  const [, six, four] = /^(?:\[([0-9a-f:.]+)\]|(\d+\.\d+\.\d+\.\d+))(?::[\w.-]+)?$/i.exec(node ?? '') ?? []
  return six ?? four
}
