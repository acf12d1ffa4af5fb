import { classBlock, NAME_CHARACTERS, NAME_START } from './pattern-sets.ts'

/** A pattern that JavaScript cannot express; the message says why. */
export class PatternError extends Error {}

/** Thrown where a set of characters is in another one, or taken from it: only the flag `v` has that. */
export const NEEDS_SETS = new Error('sets')

/** A pattern while it is read. */
export interface Reader {
  readonly text: string
  at: number
  readonly sets: boolean
  /** Whether characters beyond the 16-bit ones, or their properties, can matter. */
  unicode: boolean
}

/** A character that stands for itself, outside of a class. */
export function plain(reader: Reader, character: string): string {
  if (character > '\uffff') reader.unicode = true
  return /[\^$\\.*+?()[\]{}|/]/.test(character) ? `\\${character}` : visible(character)
}

function visible(character: string): string {
  const known: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
  const isVisible = !/[\p{C}\p{M}]|[^\S ]/u.test(character)
  const point = character.codePointAt(0) as number
  const written = point > 0xffff ? `\\u{${point.toString(16)}}` : `\\u${point.toString(16).padStart(4, '0')}`
  return known[character] ?? (isVisible ? character : written)
}

/** The next character, whatever its size. */
export function next(reader: Reader): string {
  const character = String.fromCodePoint(reader.text.codePointAt(reader.at) as number)
  reader.at += character.length
  return character
}

/** What a backslash begins; in a class, what it adds to it. */
export function escaped(reader: Reader, inClass: boolean): string {
  const letter = reader.at < reader.text.length ? next(reader) : ''
  const set = (inside: string, isNegated: boolean): string => {
    reader.unicode = true
    if (!inClass) return `[${isNegated ? '^' : ''}${inside}]`
    if (!isNegated) return inside
    if (!reader.sets) throw NEEDS_SETS
    return `[^${inside}]`
  }
  switch (letter) {
    case 'n':
    case 'r':
    case 't':
      return `\\${letter}`
    case 's':
    case 'S':
      return set(' \\t\\n\\r', letter === 'S')
    case 'd':
    case 'D':
      reader.unicode = true
      return letter === 'd' ? '\\p{Nd}' : '\\P{Nd}'
    case 'w':
    case 'W':
      return set('\\p{P}\\p{Z}\\p{C}', letter === 'w')
    case 'i':
    case 'I':
      return set(NAME_START, letter === 'I')
    case 'c':
    case 'C':
      return set(NAME_CHARACTERS + NAME_START, letter === 'C')
    case 'p':
    case 'P': {
      const [found, name = ''] = /^\{([\w-]+)\}/.exec(reader.text.slice(reader.at)) ?? []
      if (found === undefined) throw new PatternError(`it has '\\${letter}' without a property`)
      reader.at += found.length
      if (name.startsWith('Is')) {
        const block = classBlock(name.slice(2))
        if (block === undefined) throw new PatternError(`it has the block '${name}'`)
        return set(block, letter === 'P')
      }
      reader.unicode = true
      return `\\${letter}{${name}}`
    }
    default:
      if (letter === '' || /[A-Za-z0-9]/.test(letter)) throw new PatternError(`it has the escape '\\${letter}'`)
      return inClass ? inClassPlain(reader, letter) : plain(reader, letter)
  }
}

function inClassPlain(reader: Reader, character: string): string {
  if (character > '\uffff') reader.unicode = true
  const special = reader.sets ? /[()[\]{}/\-\\|^]/ : /[\]\\^-]/
  return special.test(character) ? `\\${character}` : visible(character)
}

/** What is behind the `[` of a class (appendix F.1). */
export function characterClass(reader: Reader): string {
  const isNegated = reader.text[reader.at] === '^'
  if (isNegated) {
    reader.at++
    reader.unicode = true
  }
  let out = ''
  let hasHyphen = false
  let subtracted = ''
  for (let isRange = false; ; ) {
    if (reader.at >= reader.text.length) throw new PatternError('it has a class that does not end')
    const character = next(reader)
    if (character === ']') break
    if (character === '-' && reader.text[reader.at] === '[' && (out !== '' || hasHyphen)) {
      if (!reader.sets) throw NEEDS_SETS
      reader.at++
      subtracted = characterClass(reader)
      if (reader.text[reader.at] !== ']') throw new PatternError('it has something behind a subtraction')
      reader.at++
      break
    }
    if (character === '[') throw new PatternError("it has a '[' in a class")
    if (character === '-' && !isRange && out !== '' && !/^(?:\]|-\[)/.test(reader.text.slice(reader.at))) {
      out += '-'
      isRange = true
      continue
    }
    const item = character === '\\' ? escaped(reader, true) : inClassPlain(reader, character)
    // Where a hyphen is not a range's end or start, it needs no escape at the end of the class.
    if (item === '\\-' && !reader.sets && !isRange && !/^-[^\][]/.test(reader.text.slice(reader.at))) hasHyphen = true
    else out += item === '\\^' && (out !== '' || isNegated) ? '^' : item
    isRange = false
  }
  if (hasHyphen) out += out === '' ? '\\-' : '-'
  if (out === '') throw new PatternError('it has an empty class')
  const whole = `[${isNegated ? '^' : ''}${out}]`
  return subtracted === '' ? whole : `[${whole}--${subtracted}]`
}
