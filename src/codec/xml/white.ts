/** Whether text has white space as XML knows it (XML 1.0, production 3), which is less than what JavaScript trims. */
export function hasWhite(text: string): boolean {
  return /[ \t\r\n]/.test(text)
}

/** Text without the white space around it. */
export function trimWhite(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isWhite(text.charCodeAt(start))) start++
  while (end > start && isWhite(text.charCodeAt(end - 1))) end--
  return start === 0 && end === text.length ? text : text.slice(start, end)
}

/** The items of an xs:list. */
export function splitWhite(text: string): string[] {
  const trimmed = trimWhite(text)
  return trimmed === '' ? [] : trimmed.split(/[ \t\r\n]+/)
}

function isWhite(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d
}
