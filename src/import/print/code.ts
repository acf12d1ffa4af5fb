/** A TypeScript expression on its way to text: text that is never broken, or something that layout may break. */
export type Code = string | Chain | ObjectCode | ListCode

/** Calls after each other: `z.array(Invoice).min(1)`. */
export interface Chain {
  readonly kind: 'chain'
  readonly head: string
  readonly calls: readonly CallCode[]
}

/** One call of a chain; without a name it calls the head itself: `soap('billing', …)`. */
export interface CallCode {
  readonly name: string
  readonly args: readonly Code[]
}

/** An object literal. */
export interface ObjectCode {
  readonly kind: 'object'
  readonly members: readonly Member[]
  /** Each member on its own line, however short. */
  readonly open: boolean
  /** What is said after the last member. */
  readonly closing?: readonly Comment[]
}

/** One property of an object literal. */
export interface Member {
  /** As it is written, quotes included. */
  readonly key: string
  readonly value: Code
  /** Written as `get key() { return value }`: looked at when everything is defined. */
  readonly getter?: boolean
  /** What is said above it. */
  readonly comments?: readonly Comment[]
  /** What is said behind it, on its line. */
  readonly after?: string | undefined
}

/** An array literal. */
export interface ListCode {
  readonly kind: 'list'
  readonly items: readonly Code[]
}

/** Something said in the module: its documentation (a JSDoc block), or a remark (`// …`). */
export interface Comment {
  readonly kind: 'doc' | 'remark'
  readonly text: string
}

/** Calls a function, or a method of a module's object: `call('z.array', item)`. */
export function call(callee: string, ...args: readonly Code[]): Chain {
  const [head = '', name = ''] = callee.split('.')
  return { kind: 'chain', head, calls: [{ name, args }] }
}

/** Calls a method of what an expression gives: `method(code, 'optional')`. */
export function method(code: Code, name: string, ...args: readonly Code[]): Chain {
  if (typeof code === 'string') return { kind: 'chain', head: code, calls: [{ name, args }] }
  if (code.kind !== 'chain') throw new TypeError(`a method of a literal is never needed: ${name}`)
  return { ...code, calls: [...code.calls, { name, args }] }
}

/** An object literal of a few values, in one line where it fits. */
export function literal(members: Readonly<Record<string, Code | undefined>>): ObjectCode {
  const given = Object.entries(members).filter((entry): entry is [string, Code] => entry[1] !== undefined)
  return { kind: 'object', open: false, members: given.map(([key, value]) => ({ key, value })) }
}

/** An object literal with a line for each member. */
export function block(members: readonly Member[]): ObjectCode {
  return { kind: 'object', open: true, members }
}

export function list(items: readonly Code[]): ListCode {
  return { kind: 'list', items }
}

/** A property's key: quoted where it must be. */
export function keyCode(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)
}

/** A string literal, in the quotes that need fewer escapes; nothing in it can end it. */
export function quoted(text: string): string {
  const count = (quote: string) => text.split(quote).length
  const quote = count("'") > count('"') ? '"' : "'"
  const escaped = text.replace(/[\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (found) => SHORT[found] ?? unicode(found))
  return quote + escaped.replaceAll(quote, `\\${quote}`) + quote
}

const SHORT: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function unicode(character: string): string {
  const point = character.codePointAt(0) as number
  return point > 0xffff ? `\\u{${point.toString(16)}}` : `\\u${point.toString(16).padStart(4, '0')}`
}
