/** What a name of XML begins with (XML 1.0, production 4), as the inside of a class: `\i` of XML Schema. */
export const NAME_START =
  ':A-Z_a-z\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u02ff\\u0370-\\u037d\\u037f-\\u1fff\\u200c-\\u200d\\u2070-\\u218f\\u2c00-\\u2fef\\u3001-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufffd\\u{10000}-\\u{effff}'
/** What it may have besides (production 4a): the rest of `\c`. */
export const NAME_CHARACTERS = '\\u0300-\\u036f\\-.0-9\\u00b7\\u203f-\\u2040'

/** Blocks of Unicode that schemas name (XML Schema part 2, appendix F.1.1); JavaScript has no names for them. */
const BLOCKS: Readonly<Record<string, string>> = {
  BasicLatin: '\\u0000-\\u007f',
  'Latin-1Supplement': '\\u0080-\\u00ff',
  'LatinExtended-A': '\\u0100-\\u017f',
  'LatinExtended-B': '\\u0180-\\u024f',
  IPAExtensions: '\\u0250-\\u02af',
  SpacingModifierLetters: '\\u02b0-\\u02ff',
  CombiningDiacriticalMarks: '\\u0300-\\u036f',
  Greek: '\\u0370-\\u03ff',
  GreekandCoptic: '\\u0370-\\u03ff',
  Cyrillic: '\\u0400-\\u04ff',
  Armenian: '\\u0530-\\u058f',
  Hebrew: '\\u0590-\\u05ff',
  Arabic: '\\u0600-\\u06ff',
  Thai: '\\u0e00-\\u0e7f',
  Georgian: '\\u10a0-\\u10ff',
  HangulJamo: '\\u1100-\\u11ff',
  LatinExtendedAdditional: '\\u1e00-\\u1eff',
  GreekExtended: '\\u1f00-\\u1fff',
  GeneralPunctuation: '\\u2000-\\u206f',
  SuperscriptsandSubscripts: '\\u2070-\\u209f',
  CurrencySymbols: '\\u20a0-\\u20cf',
  LetterlikeSymbols: '\\u2100-\\u214f',
  NumberForms: '\\u2150-\\u218f',
  Hiragana: '\\u3040-\\u309f',
  Katakana: '\\u30a0-\\u30ff',
  CJKUnifiedIdeographs: '\\u4e00-\\u9fff',
  HangulSyllables: '\\uac00-\\ud7a3',
}

/** A block as the inside of a class; undefined for one that is not known here. */
export function classBlock(name: string): string | undefined {
  return Object.hasOwn(BLOCKS, name) ? BLOCKS[name] : undefined
}
