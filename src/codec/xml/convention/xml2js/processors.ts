/** What xml2js brings to change names and values. */
export const BUILT_IN = {
  normalize: (text: string) => text.toLowerCase(),
  firstCharLowerCase: (text: string) => text.charAt(0).toLowerCase() + text.slice(1),
  // Declarations keep their prefix, without which they would say nothing.
  stripPrefix: (text: string) => text.replace(/(?!xmlns)^.*:/, ''),
  parseNumbers: (text: string) => toNumber(text),
  parseBooleans: (text: string) => (/^(?:true|false)$/i.test(text) ? text.toLowerCase() === 'true' : text),
} as const satisfies Readonly<Record<string, (text: string) => unknown>>

/** The name of one of them. */
export type BuiltIn = keyof typeof BUILT_IN

/** Changes the name of an element or attribute. */
export type NameProcessor = BuiltIn | ((name: string) => string)
/** Changes the text of an element, or the value of an attribute, whose name it gets too. */
export type ValueProcessor = BuiltIn | ((value: string, name: string) => unknown)

/** All of them, one after the other. */
export type Process = (item: string, name: string) => unknown

/** Processors as one function, undefined if there are none. */
export function compose(processors: readonly (NameProcessor | ValueProcessor)[] | undefined): Process | undefined {
  if (!processors || processors.length === 0) return undefined
  const steps = processors.map((processor) =>
    typeof processor === 'string' ? forText(BUILT_IN[processor]) : processor,
  )
  return (item, name) => steps.reduce<unknown>((at, step) => step(at as string, name), item)
}

/** Those for text leave alone what another one has made of it. */
function forText(process: (text: string) => unknown): Process {
  return (item: unknown) => (typeof item === 'string' ? process(item) : item)
}

/** What xml2js takes for a number; empty text is none, and exponents and other bases count. */
function toNumber(text: string): unknown {
  const number = Number(text)
  return text.trim() === '' || Number.isNaN(number) ? text : number
}
