/**
 * Whether a message has been here before: its `Via` names this server (RFC 9110, section 7.6.3).
 *
 * @param via the field's value, all its lines joined by commas; undefined where there is none
 * @param pseudonym what this server calls itself there
 */
export function hasPassed(via: string | undefined, pseudonym: string): boolean {
  if (via === undefined || !via.includes(pseudonym)) return false
  return via.split(',').some((member) => member.trim().split(/[\t ]+/)[1] === pseudonym)
}

/** A message's `Via` with this server's member behind the others. @param version of the message that was received: `1.1` */
export function withMember(via: string | undefined, version: string, pseudonym: string): string {
  const own = `${version} ${pseudonym}`
  return via === undefined || via === '' ? own : `${via}, ${own}`
}
