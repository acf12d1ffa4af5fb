/** What is kept, by the paths that are requested in turn; each with a number at its end. */
export const KINDS: Readonly<Record<string, readonly string[]>> = {
  reply: ['/reply/'],
  call: ['/call/'],
  both: ['/both/'],
  xml: ['/xml/whole/', '/xml/part/'],
  numbers: ['/numbers/'],
  proxied: ['/proxied/json/'],
}

/** The path of a kind's request; each number is another entry. */
export function pathOf(kind: string, number: number): string {
  const paths = KINDS[kind] ?? []
  return `${paths[number % paths.length]}${number}`
}
