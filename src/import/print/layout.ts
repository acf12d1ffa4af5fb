import type { CallCode, Chain, Code, Comment, ListCode, Member, ObjectCode } from './code.ts'

/** Columns of a line, as in the repository's biome.jsonc. */
const WIDTH = 120

/** Where an expression stands: what the lines it is broken into are indented by, and what its first line has before it. */
interface Place {
  readonly indent: number
  readonly column: number
  /** Characters that follow its end on the same line: a comma, a parenthesis. */
  readonly after: number
}

/**
 * An expression as the formatter (Biome, and so Prettier) would lay it out: in one line where that fits, otherwise broken
 * where the formatter breaks it, so that a team's own formatting changes nothing in what was written.
 *
 * @param column the characters before it on its first line
 * @param after the characters behind it on its last line
 */
export function layout(code: Code, indent: number, column: number, after: number): string {
  const flat = flatOf(code)
  if (flat !== undefined && column + flat.length + after <= WIDTH) return flat
  if (typeof code === 'string') return code
  const place = { indent, column, after }
  if (code.kind === 'object') return brokenObject(code, indent)
  if (code.kind === 'list') return brokenList(code, indent)
  return brokenChain(code, place)
}

/** Comments above something, each line indented. */
export function commentLines(comments: readonly Comment[], indent: number): string {
  return comments.map((comment) => commentLine(comment, ' '.repeat(indent))).join('')
}

function commentLine({ kind, text }: Comment, pad: string): string {
  const plain = plainText(text)
  if (plain === '') return ''
  if (kind === 'remark')
    return wrapped(plain, WIDTH - pad.length - 3)
      .map((line) => `${pad}// ${line}\n`)
      .join('')
  const closed = plain.replaceAll('*/', '*\\/')
  if (pad.length + closed.length + 7 <= WIDTH) return `${pad}/** ${closed} */\n`
  const lines = wrapped(closed, WIDTH - pad.length - 3).map((line) => `${pad} * ${line}\n`)
  return `${pad}/**\n${lines.join('')}${pad} */\n`
}

/** Text of somebody else's in a comment: one line, without what would reorder or hide it. */
export function plainText(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
    .trim()
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** The expression in one line; undefined where it is broken in any case. */
function flatOf(code: Code): string | undefined {
  if (typeof code === 'string') return code
  switch (code.kind) {
    case 'list':
      return joined(code.items, (items) => `[${items}]`)
    case 'object':
      if (code.members.length === 0 && !code.closing?.length) return '{}'
      if (code.open) return undefined
      return joined(
        code.members.map(({ value }) => value),
        (_, values) => `{ ${values.map((value, at) => `${code.members[at]?.key}: ${value}`).join(', ')} }`,
      )
    case 'chain':
      if (isCrowded(code)) return undefined
      return joined(
        code.calls.flatMap(({ args }) => args),
        (_, flat) => {
          let at = 0
          const calls = code.calls.map(({ name, args }) => {
            const given = flat.slice(at, at + args.length)
            at += args.length
            return `${name && `.${name}`}(${given.join(', ')})`
          })
          return code.head + calls.join('')
        },
      )
  }
}

function joined(codes: readonly Code[], join: (text: string, parts: string[]) => string): string | undefined {
  const parts = codes.map(flatOf)
  return parts.includes(undefined) ? undefined : join(parts.join(', '), parts as string[])
}

/** More than two calls, one of them with something that is not simple, have a line each. */
function isCrowded({ calls }: Chain): boolean {
  return calls.length > 2 && calls.some(({ args }) => !args.every((arg) => isSimple(arg, 0)))
}

function isSimple(code: Code, depth: number): boolean {
  if (depth >= 2) return false
  if (typeof code === 'string') return !code.startsWith('/') || code.replace(/\/[a-z]*$/, '').length <= 6
  if (code.kind === 'list') return code.items.every((item) => isSimple(item, depth + 1))
  if (code.kind === 'object') return code.members.every(({ value, getter }) => !getter && isSimple(value, depth + 1))
  return code.calls.every(({ args }) => args.every((arg) => isSimple(arg, depth + 1)))
}

function brokenChain({ head, calls }: Chain, { indent, column, after }: Place): string {
  // What begins with a capital is taken for a factory, whose first call stays with it.
  const kept = /^[A-Z]/.test(head) ? 1 : 0
  const isShort = calls.length <= 1 + kept
  const pad = ' '.repeat(indent + 2)
  return calls.reduce((text, { name, args }, at) => {
    const isBelow = !isShort && at >= kept
    const start = isBelow ? `\n${pad}.${name}` : name && `.${name}`
    const before = `${' '.repeat(column)}${text}${start}`
    const place = {
      indent: isBelow ? indent + 2 : indent,
      column: before.length - before.lastIndexOf('\n') - 1,
      after: at === calls.length - 1 ? after : 0,
    }
    return text + start + laidArguments({ name, args }, place)
  }, head)
}

function laidArguments(call: CallCode, place: Place): string {
  if (call.args.length === 0) return '()'
  const flat = joined(call.args, (args) => `(${args})`)
  if (flat !== undefined && place.column + flat.length + place.after <= WIDTH) return flat
  return brokenArguments(call, place)
}

function brokenArguments({ args }: CallCode, { indent, column }: Place): string {
  const last = args.at(-1)
  if (last !== undefined && typeof last !== 'string' && last.kind !== 'chain') {
    // A literal at the end is opened on the call's own line, if what is before it fits there.
    const before = joined(args.slice(0, -1), (_, parts) => parts.map((part) => `${part}, `).join(''))
    if (before !== undefined && column + before.length + 2 <= WIDTH) {
      const broken = last.kind === 'object' ? brokenObject(last, indent) : brokenList(last, indent)
      return `(${before}${broken})`
    }
  }
  const pad = ' '.repeat(indent + 2)
  const lines = args.map((arg) => `${pad}${layout(arg, indent + 2, indent + 2, 1)},\n`)
  return `(\n${lines.join('')}${' '.repeat(indent)})`
}

function brokenList({ items }: ListCode, indent: number): string {
  const pad = ' '.repeat(indent + 2)
  const end = `${' '.repeat(indent)}]`
  if (items.every((item) => typeof item === 'string' && /^-?[\d.e+-]+$/i.test(item))) {
    const filled = wrapped(items.map((item) => `${item},`).join(' '), WIDTH - pad.length)
    return `[\n${filled.map((line) => `${pad}${line}\n`).join('')}${end}`
  }
  return `[\n${items.map((item) => `${pad}${layout(item, indent + 2, indent + 2, 1)},\n`).join('')}${end}`
}

function brokenObject({ members, closing = [] }: ObjectCode, indent: number): string {
  const lines = members.map((member) => memberLines(member, indent + 2)).join('')
  return `{\n${lines}${commentLines(closing, indent + 2)}${' '.repeat(indent)}}`
}

function memberLines({ key, value, getter, comments = [], after }: Member, indent: number): string {
  const pad = ' '.repeat(indent)
  const above = commentLines(comments, indent)
  const behind = after ? ` // ${plainText(after)}` : ''
  if (!getter && value === key) return `${above}${pad}${key},${behind}\n`
  if (!getter) return `${above}${pad}${key}: ${layout(value, indent, indent + key.length + 2, 1)},${behind}\n`
  const returned = layout(value, indent + 2, indent + 9, 0)
  return `${above}${pad}get ${key}() {\n${pad}  return ${returned}${behind}\n${pad}},\n`
}
