import type { ApigeeReading } from './options.ts'

/** More digits than these a number does not keep. */
const DIGITS = 15

/** Makes numbers and booleans of text, where that is wished. */
export function recognizer({ recognizeBoolean, recognizeNumber }: ApigeeReading): (text: string) => unknown {
  return (text) => {
    if (recognizeBoolean && (text === 'true' || text === 'false')) return text === 'true'
    return recognizeNumber && isNumber(text) ? Number(text) : text
  }
}

/** Whether text is a number in JSON that stays the same number: leading zeros and long identifiers are text. */
function isNumber(text: string): boolean {
  if (text.length > DIGITS + 7 || !/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return false
  const digits = text
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+/, '')
  return digits.length <= DIGITS && Number.isFinite(Number(text))
}
