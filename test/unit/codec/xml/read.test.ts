import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { vocabulary as xml, xmlDecoder } from '../../../../src/codec/xml/index.ts'
import { failureOf } from '../../support/failure.ts'

/** What a schema makes of a document: read, then checked. */
function read<S extends z.ZodType>(schema: S, text: string): z.output<S> {
  return schema.parse(xmlDecoder(schema)(Buffer.from(text), undefined))
}

/** Where a schema refuses a document. */
function refused(schema: z.ZodType, text: string): string[] {
  const parsed = schema.safeParse(xmlDecoder(schema)(Buffer.from(text), undefined))
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.'))
}

describe('a list', () => {
  const schema = z.object({ Invoice: z.array(z.object({ Number: z.string() })) })
  test.each([
    ['many elements', '<r><Invoice><Number>1</Number></Invoice><Invoice><Number>2</Number></Invoice></r>', ['1', '2']],
    ['one element', '<r><Invoice><Number>1</Number></Invoice></r>', ['1']],
    ['none', '<r></r>', []],
    ['none in an empty element', '<r/>', []],
    [
      'elements with others between them',
      '<r><Invoice><Number>1</Number></Invoice><x/><Invoice><Number>2</Number></Invoice></r>',
      ['1', '2'],
    ],
  ])('of %s is a list', (_, text, numbers) => {
    expect(read(schema, text)).toEqual({ Invoice: numbers.map((number) => ({ Number: number })) })
  })

  test.each<[string, z.ZodType, unknown]>([
    ['that is optional is absent', z.array(z.string()).optional(), undefined],
    ['with a default is the default', z.array(z.string()).default(['x']), ['x']],
    ['that is nullable is empty', z.array(z.string()).nullable(), []],
    ['that is caught is empty, since nothing is wrong with it', z.array(z.string()).catch(['x']), []],
    ['that is readonly is empty', z.array(z.string()).readonly(), []],
    ['that is refined is empty', z.array(z.string()).refine(() => true), []],
    ['that is transformed is empty', z.array(z.string()).transform((list) => list.length), 0],
    ['that is optional no more is empty', z.array(z.string()).optional().nonoptional(), []],
  ])('without elements %s', (_, list, expected) => {
    expect(read(z.object({ x: list }), '<r/>')).toEqual(expected === undefined ? {} : { x: expected })
  })

  test('of scalars, of numbers and of nothing but nil', () => {
    const lists = z.object({ a: z.array(z.string()), b: z.array(z.number()), c: z.array(z.string().nullable()) })
    const nil = '<c xsi:nil="true"/>'
    expect(
      read(lists, `<r xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><a>x</a><b>1</b><b> 2 </b>${nil}</r>`),
    ).toEqual({
      a: ['x'],
      b: [1, 2],
      c: [null],
    })
  })
})

describe('what text becomes', () => {
  test.each<[string, z.ZodType, string, unknown]>([
    ['a string keeps leading zeros', z.string(), '00001', '00001'],
    ['a string keeps blanks around it', z.string(), ' a  b ', ' a  b '],
    ['a string that looks like a boolean stays one', z.string(), 'true', 'true'],
    ['a string that is empty', z.string(), '', ''],
    ['a number', z.number(), '13.37', 13.37],
    ['a number with leading zeros', z.number(), '007', 7],
    ['a number with blanks around it', z.number(), '\n 5 \n', 5],
    ['a number with a sign', z.number(), '+5', 5],
    ['a negative number', z.number(), '-0.5', -0.5],
    ['a number with an exponent', z.number(), '1E3', 1_000],
    ['a number without a leading digit', z.number(), '.5', 0.5],
    ['a whole number', z.int(), '42', 42],
    ['a big integer', z.bigint(), '9007199254740993', 9007199254740993n],
    ['a negative big integer', z.bigint(), '-5', -5n],
    ['true', z.boolean(), 'true', true],
    ['true as a digit', z.boolean(), '1', true],
    ['false', z.boolean(), ' false ', false],
    ['false as a digit', z.boolean(), '0', false],
    ['a date', z.date(), '2024-02-29', new Date('2024-02-29T00:00:00Z')],
    ['a date with a zone', z.date(), '2024-02-29+02:00', new Date('2024-02-28T22:00:00Z')],
    ['a date in UTC', z.date(), '2024-02-29Z', new Date('2024-02-29T00:00:00Z')],
    ['a time with a zone', z.date(), '2024-02-29T10:00:00.5-05:00', new Date('2024-02-29T15:00:00.500Z')],
    [
      'a time without a zone, in UTC on every server',
      z.date(),
      '2024-02-29T10:00:00',
      new Date('2024-02-29T10:00:00Z'),
    ],
    ['an ISO date as text', z.iso.date(), '2024-02-29', '2024-02-29'],
    ['an enum', z.enum(['open', 'paid']), 'open', 'open'],
    ['a literal number', z.literal(5), '5', 5],
    ['a literal boolean', z.literal(true), '1', true],
    ['a literal text', z.literal('5'), '5', '5'],
    ['text that the schema makes a number of', z.string().pipe(z.coerce.number()), '5', 5],
    ['what a transform makes of it', z.number().transform((value) => value * 2), '4', 8],
    ['a coerced number', z.coerce.number(), ' 4 ', 4],
    ['text before anything is checked', z.preprocess((value) => String(value).trim(), z.string()), ' a ', 'a'],
  ])('%s', (_, schema, text, expected) => {
    expect(read(z.object({ x: schema }), `<r><x>${text}</x></r>`)).toEqual({ x: expected })
    expect(read(z.object({ x: xml.attr(schema) }), `<r x="${text.replaceAll('\n', ' ')}"/>`)).toEqual({ x: expected })
    expect(read(schema, `<r>${text}</r>`)).toEqual(expected)
  })

  test.each<[string, z.ZodType, string]>([
    ['a word for a number', z.number(), 'many'],
    ['nothing for a number', z.number(), ''],
    ['a thousands separator', z.number(), '1,000.00'],
    ['a hexadecimal number', z.number(), '0x10'],
    ['not a number', z.number(), 'NaN'],
    ['infinity', z.number(), 'INF'],
    ['a number with a unit', z.number(), '5 EUR'],
    ['a fraction for a big integer', z.bigint(), '1.5'],
    ['yes for a boolean', z.boolean(), 'yes'],
    ['TRUE for a boolean', z.boolean(), 'TRUE'],
    ['a day that there is not', z.date(), '2024-02-30'],
    ['a month that there is not', z.date(), '2024-13-01'],
    ['an hour that there is not', z.date(), '2024-01-01T25:00:00Z'],
    ['a date of another country', z.date(), '31.12.2024'],
    ['a word outside the enum', z.enum(['open', 'paid']), 'OPEN'],
  ])('%s is refused with the path', (_, schema, text) => {
    expect(refused(z.object({ a: z.object({ x: schema }) }), `<r><a><x>${text}</x></a></r>`)).toEqual(['a.x'])
  })
})

describe('one where the schema has one', () => {
  test('what is missing is refused with the path, what is optional is left out', () => {
    expect(refused(z.object({ a: z.object({ x: z.string() }) }), '<r><a/></r>')).toEqual(['a.x'])
    expect(read(z.object({ x: z.string().optional(), y: z.string().default('d') }), '<r/>')).toEqual({ y: 'd' })
  })

  test.each<[string, z.ZodType]>([
    ['text', z.string()],
    ['a number', z.number()],
    ['an object of optional parts', z.object({ y: z.string().optional() })],
    ['something nullable', z.string().nullable()],
  ])('two elements where %s is declared are refused with the path, never cut to one', (_, schema) => {
    expect(refused(z.object({ a: z.object({ x: schema }) }), '<r><a><x>1</x><x>2</x></a></r>')).toEqual(['a.x'])
  })

  test('elements and attributes that the schema does not name are passed over', () => {
    expect(read(z.object({ x: z.string() }), '<r a="1"><y/><x b="2">1<z/></x></r>')).toEqual({ x: '1' })
  })

  test('the root has the name that is asked for', () => {
    const decode = xmlDecoder(z.object({}), 'rates')
    expect(decode(Buffer.from('<rates/>'), undefined)).toEqual({})
    const failure = failureOf(() => decode(Buffer.from('<html/>'), undefined))
    expect([failure.code, failure.message]).toEqual(['backend-shape', "the root element is 'html', not 'rates'"])
  })
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
