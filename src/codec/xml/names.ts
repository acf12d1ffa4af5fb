/** NameStartChar beyond ASCII (XML 1.0, fifth edition, production 4): first and last of each range. */
const START_RANGES = [
  [0xc0, 0xd6],
  [0xd8, 0xf6],
  [0xf8, 0x2ff],
  [0x370, 0x37d],
  [0x37f, 0x1fff],
  [0x200c, 0x200d],
  [0x2070, 0x218f],
  [0x2c00, 0x2fef],
  [0x3001, 0xd7ff],
  [0xf900, 0xfdcf],
  [0xfdf0, 0xfffd],
  [0x10000, 0xeffff],
] as const

/** What NameChar has besides (production 4a). */
const MORE_RANGES = [
  [0xb7, 0xb7],
  [0x300, 0x36f],
  [0x203f, 0x2040],
] as const

const within = (ranges: readonly (readonly [number, number])[], code: number): boolean =>
  ranges.some(([first, last]) => code >= first && code <= last)

/** Whether a character beyond ASCII may start a name. */
export function startsName(code: number): boolean {
  return within(START_RANGES, code)
}

/** Whether a character beyond ASCII may stand in a name. */
export function continuesName(code: number): boolean {
  return within(START_RANGES, code) || within(MORE_RANGES, code)
}

const set = (ranges: readonly (readonly [number, number])[]): string =>
  ranges.map(([first, last]) => `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`).join('')
const START = `A-Za-z_${set(START_RANGES)}`
const NC_NAME = new RegExp(`^[${START}][${START}0-9.\\-${set(MORE_RANGES)}]*$`, 'u')

/** Whether text can be a prefix: `xml` and what begins so is kept by XML itself, `xsi` by XML Schema. */
export function isXmlPrefix(text: string): boolean {
  return isXmlName(text) && !/^(xml|xsi$)/i.test(text)
}

/** Whether text can be the name of an element or attribute, without a prefix (Namespaces in XML 1.0, production 4). */
export function isXmlName(text: string): boolean {
  return NC_NAME.test(text)
}
