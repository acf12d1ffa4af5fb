import type { Settings, Simple } from '../shape.ts'
import { type Code, list, quoted } from './code.ts'
import { isBig, numberText } from './number-code.ts'

/** Text with white space as `whiteSpace="collapse"` leaves it (XML Schema part 2, section 4.3.6). */
export function collapsed(text: string): string {
  return text.replace(/[ \t\r\n]+/g, ' ').trim()
}

/** A value of the type as a literal: of a default, of what is fixed; undefined for what has none, or does not fit. */
export function valueCode(simple: Simple, text: string, settings: Settings): Code | undefined {
  const { item, members, facets } = simple
  const trimmed = collapsed(text)
  if (facets.enumeration && !facets.enumeration.map(collapsed).includes(trimmed)) return undefined
  if (item) {
    const items = trimmed === '' ? [] : trimmed.split(' ').map((part) => valueCode(item.simple, part, settings))
    return items.includes(undefined) ? undefined : list(items as Code[])
  }
  if (!members) return atomicValue(simple, text, settings)
  // A union with a list in it is text.
  if (facets.enumeration || members.some((member) => member.simple.item)) return quoted(text)
  for (const member of members) {
    const code = valueCode(member.simple, text, settings)
    if (code !== undefined) return code
  }
  return undefined
}

function atomicValue({ builtin, facets }: Simple, text: string, settings: Settings): Code | undefined {
  const trimmed = collapsed(text)
  switch (builtin.kind) {
    case 'text':
      if (builtin.name === 'dateTime' && settings.dates) return undefined
      return quoted(builtin.isCollapsed ? trimmed : text)
    case 'boolean':
      return /^(true|1)$/.test(trimmed) ? 'true' : /^(false|0)$/.test(trimmed) ? 'false' : undefined
    case 'number':
      return builtin.name === 'decimal' && settings.decimal === 'string' ? quoted(trimmed) : numberText(trimmed)
    case 'integer':
      if (!/^[+-]?\d+$/.test(trimmed)) return undefined
      return isBig(builtin, facets) ? `${BigInt(trimmed.replace('+', ''))}n` : numberText(trimmed)
    default:
      return undefined
  }
}
