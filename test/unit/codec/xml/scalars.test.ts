import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { z } from 'zod'
import { vocabulary as xml } from '../../../../src/codec/xml/index.ts'
import { misshapen, read, refusedAt } from '../../support/xml.ts'

const NBSP = '\u00a0'
/** What TypeScript makes of an enum of numbers. */
const Level = { Low: 1, High: 2, 1: 'Low', 2: 'High' } as const

describe('what text becomes, as an element, as an attribute, as text beside attributes, and as a whole document', () => {
  test.each<[string, z.ZodType, string, unknown]>([
    ['a string keeps leading zeros', z.string(), '00001', '00001'],
    ['a string keeps what looks like an exponent', z.string(), '1e5', '1e5'],
    ['a string keeps blanks around it', z.string(), ' a  b ', ' a  b '],
    ['a string that looks like a boolean stays one', z.string(), 'true', 'true'],
    ['a string that is empty', z.string(), '', ''],
    ['a number', z.number(), '13.37', 13.37],
    ['a number with leading zeros', z.number(), '007', 7],
    ['a number with white space around it', z.number(), ' 5 ', 5],
    ['a number with a sign', z.number(), '+5', 5],
    ['a negative number', z.number(), '-0.5', -0.5],
    ['a negative zero', z.number(), '-0', -0],
    ['a number with an exponent', z.number(), '1E3', 1_000],
    ['a number with a small exponent', z.number(), '1.5e-7', 1.5e-7],
    ['a number without a leading digit', z.number(), '.5', 0.5],
    ['a number without digits after the point', z.number(), '5.', 5],
    ['the largest exact integer', z.number(), '9007199254740991', 9007199254740991],
    ['more digits than a double has', z.number(), '0.1000000000000000055511151231257827', 0.1],
    ['a whole number', z.int(), '42', 42],
    ['a whole number with zeros after the point', z.int(), '42.00', 42],
    ['a big integer', z.bigint(), '9007199254740993', 9007199254740993n],
    ['a big integer with a sign', z.bigint(), '+5', 5n],
    ['a negative big integer', z.bigint(), '-5', -5n],
    ['true', z.boolean(), 'true', true],
    ['true as a digit', z.boolean(), '1', true],
    ['false', z.boolean(), ' false ', false],
    ['false as a digit', z.boolean(), '0', false],
    ['a date', z.date(), '2024-02-29', new Date('2024-02-29T00:00:00Z')],
    ['a date with a zone', z.date(), '2024-02-29+02:00', new Date('2024-02-28T22:00:00Z')],
    ['a date in UTC', z.date(), '2024-02-29Z', new Date('2024-02-29T00:00:00Z')],
    ['a time with a zone', z.date(), '2024-02-29T10:00:00.5-05:00', new Date('2024-02-29T15:00:00.500Z')],
    ['a time without a zone, in UTC', z.date(), '2024-02-29T10:00:00', new Date('2024-02-29T10:00:00Z')],
    ['a time without seconds', z.date(), ' 2024-02-29T10:00 ', new Date('2024-02-29T10:00:00Z')],
    ['a time with seven decimals', z.date(), '9999-12-31T23:59:59.9999999', new Date('9999-12-31T23:59:59.999Z')],
    ['the end of a day', z.date(), '2024-02-29T24:00:00Z', new Date('2024-03-01T00:00:00Z')],
    ['the first day that .NET has', z.date(), '0001-01-01T00:00:00', new Date('0001-01-01T00:00:00Z')],
    ['a year with five digits', z.date(), '10000-01-01T00:00:00Z', new Date('+010000-01-01T00:00:00Z')],
    ['a year before the first', z.date(), '-0044-03-15', new Date('-000044-03-15T00:00:00Z')],
    ['an ISO date as text', z.iso.date(), '2024-02-29', '2024-02-29'],
    ['an enum', z.enum(['open', 'paid']), 'open', 'open'],
    ['an enum of texts that look like numbers', z.enum(['01', '02']), '01', '01'],
    ['an enum of numbers', z.enum(Level), '2', Level.High],
    ['a literal number', z.literal(5), '5', 5],
    ['a literal number, written otherwise', z.literal(5), '5.0', 5],
    ['a literal boolean', z.literal(true), '1', true],
    ['a literal big integer', z.literal(5n), '5', 5n],
    ['a literal text', z.literal('5'), '5', '5'],
    ['literals of several kinds', z.literal(['auto', 5, false]), '5', 5],
    ['literals of several kinds, the text', z.literal([5, 'auto']), 'auto', 'auto'],
    ['literals of which one looks like another', z.literal(['1', 2]), '1', '1'],
    ['literals of which one looks like another, the other', z.literal(['1', 2]), '2', 2],
    ['a template', z.templateLiteral(['A-', z.number()]), 'A-12', 'A-12'],
    ['text that the schema makes a number of', z.string().pipe(z.coerce.number()), '5', 5],
    ['what a transform makes of it', z.number().transform((value) => value * 2), '4', 8],
    ['what a codec makes of it', isoDate(), '2024-02-29T00:00:00.000Z', new Date('2024-02-29')],
    ['a yes or no', z.stringbool(), 'yes', true],
    ['text before anything is checked', z.preprocess((value) => String(value).trim(), z.string()), ' a ', 'a'],
    ['a coerced number', z.coerce.number(), ' 4 ', 4],
    ['a coerced boolean that is false', z.coerce.boolean(), 'false', false],
    ['a coerced big integer', z.coerce.bigint(), '4', 4n],
    ['a coerced date', z.coerce.date(), '2024-02-29', new Date('2024-02-29T00:00:00Z')],
    ['a coerced text', z.coerce.string(), '007', '007'],
    ['something optional', z.number().optional(), '4', 4],
    ['something nullable', z.number().nullable(), '4', 4],
    ['something nullish', z.number().nullish(), '4', 4],
    ['something with a default', z.number().default(1), '4', 4],
    ['something prefaulted', z.number().prefault(1), '4', 4],
    ['something caught', z.number().catch(1), 'four', 1],
    ['something optional no more', z.number().optional().nonoptional(), '4', 4],
    ['something readonly', z.number().readonly(), '4', 4],
    ['something branded', z.number().brand<'x'>(), '4', 4],
    ['something lazy', z.lazy(() => z.number()), '4', 4],
    ['something refined and described', z.number().min(1).describe('x').meta({ title: 'y' }), '4', 4],
  ])('%s', (_, schema, text, expected) => {
    expect(read(z.object({ x: schema }), `<r><x>${text}</x></r>`)).toEqual({ x: expected })
    expect(read(z.object({ x: z.array(schema) }), `<r><x>${text}</x><x>${text}</x></r>`)).toEqual({
      x: [expected, expected],
    })
    expect(read(z.object({ x: xml.attr(schema) }), `<r x="${text}"/>`)).toEqual({ x: expected })
    expect(read(z.object({ x: xml.text(schema) }), `<r a="1">${text}</r>`)).toEqual({ x: expected })
    expect(read(schema, `<r>${text}</r>`)).toEqual(expected)
  })

  const refused: [string, z.ZodType, string][] = [
    ['a word for a number', z.number(), 'many'],
    ['nothing for a number', z.number(), ''],
    ['nothing for a date', z.date(), ''],
    ['nothing for a boolean', z.boolean(), ''],
    ['nothing for a big integer', z.bigint(), ''],
    ['a thousands separator', z.number(), '1,000.00'],
    ['a decimal comma', z.number(), '1,5'],
    ['a hexadecimal number', z.number(), '0x10'],
    ['an octal number', z.number(), '0o7'],
    ['a number with an underscore', z.number(), '1_000'],
    ['a number with a blank in it', z.number(), '1 000'],
    ['a number with a blank that XML does not know', z.number(), `${NBSP}5`],
    ['two signs', z.number(), '--5'],
    ['a sign alone', z.number(), '-'],
    ['a point alone', z.number(), '.'],
    ['an exponent alone', z.number(), 'e5'],
    ['digits of another script', z.number(), '٣'],
    ['not a number', z.number(), 'NaN'],
    ['infinity', z.number(), 'INF'],
    ['infinity in the words of JavaScript', z.number(), 'Infinity'],
    ['a number with a unit', z.number(), '5 EUR'],
    ['a fraction for a whole number', z.int(), '1.5'],
    ['a fraction for a big integer', z.bigint(), '1.0'],
    ['an exponent for a big integer', z.bigint(), '1e5'],
    ['yes for a boolean', z.boolean(), 'yes'],
    ['TRUE for a boolean', z.boolean(), 'TRUE'],
    ['a day that there is not', z.date(), '2024-02-30'],
    ['a month that there is not', z.date(), '2024-13-01'],
    ['an hour that there is not', z.date(), '2024-01-01T25:00:00Z'],
    ['a zone that there is not', z.date(), '2024-01-01T00:00:00+25:00'],
    ['a date of another country', z.date(), '31.12.2024'],
    ['a year with two digits', z.date(), '24-12-31'],
    ['a blank between date and time', z.date(), '2024-01-01 00:00:00'],
    ['a word outside the enum', z.enum(['open', 'paid']), 'OPEN'],
    ['white space around a word of the enum', z.enum(['open', 'paid']), ' open'],
    ['the name of a number of an enum', z.enum(Level), 'High'],
    ['another literal', z.literal(['auto', 5]), '6'],
  ]
  test.each(refused)('%s is refused with the path', (_, schema, text) => {
    expect(refusedAt(z.object({ a: z.object({ x: schema }) }), `<r><a><x>${text}</x></a></r>`)).toEqual(['a.x'])
    expect(refusedAt(z.object({ a: z.object({ x: xml.attr(schema) }) }), `<r><a x="${text}"/></r>`)).toEqual(['a.x'])
  })

  test.each<[string, z.ZodType, string, string]>([
    ['number', z.coerce.number(), '', 'number was expected, and it is other text'],
    ['number', z.coerce.number(), '0x10', 'number was expected, and it is other text'],
    ['boolean', z.coerce.boolean(), 'no', 'boolean was expected, and it is other text'],
    ['boolean', z.coerce.boolean(), '', 'boolean was expected, and it is other text'],
    ['bigint', z.coerce.bigint(), '', 'bigint was expected, and it is other text'],
    ['date', z.coerce.date(), '5', 'date was expected, and it is other text'],
  ])('a coerced %s makes nothing up: %#', (_, schema, text, message) => {
    const object = z.object({ a: z.array(z.object({ x: schema })) })
    expect(misshapen(object, `<r><a><x>${text}</x></a></r>`)).toBe(`a.0.x: ${message}`)
    expect(misshapen(z.object({ x: xml.attr(schema) }), `<r x="${text}"/>`)).toBe(`x: ${message}`)
    expect(misshapen(schema, `<r>${text}</r>`)).toBe(`the document: ${message}`)
  })
})

function isoDate() {
  return z.codec(z.iso.datetime(), z.date(), {
    decode: (text) => new Date(text),
    encode: (date) => date.toISOString(),
  })
}

test('every number in its shortest form is read as JavaScript reads it', () => {
  const schema = z.object({ x: z.number(), a: xml.attr(z.number()) })
  const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.maxSafeInteger())
  const digits = fc.tuple(fc.stringMatching(/^-?[0-9]{1,20}$/), fc.stringMatching(/^(\.[0-9]{1,20})?$/))
  const written = fc.oneof(
    number.map(String),
    digits.map(([whole, fraction]) => whole + fraction),
  )
  fc.assert(
    fc.property(written, (text) => {
      expect(read(schema, `<r a="${text}"><x>${text}</x></r>`)).toEqual({ x: Number(text), a: Number(text) })
    }),
    { numRuns: 2_000 },
  )
})

test('a time without a zone is the same moment on a server in New York', async () => {
  const module = fileURLToPath(new URL('../../../../src/codec/xml/index.ts', import.meta.url))
  const program = `
    import { z } from 'zod'
    import { xmlDecoder } from ${JSON.stringify(module)}
    const read = (text) => xmlDecoder(z.date())(Buffer.from('<r>' + text + '</r>'), undefined).toJSON()
    console.log(read('2024-02-29T10:00:00'), read('2024-02-29'), new Date('2024-02-29T10:00:00').toJSON())`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    timeout: 15_000,
    env: { ...process.env, TZ: 'America/New_York' },
  })
  expect(stdout.trim().split(' ')).toEqual([
    ...['2024-02-29T10:00:00.000Z', '2024-02-29T00:00:00.000Z', '2024-02-29T15:00:00.000Z'],
  ])
})
