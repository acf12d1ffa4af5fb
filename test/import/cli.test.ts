import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from '@jest/globals'
import { endAll, run } from '../process/child.ts'
import { ROOT } from '../support/modules.ts'
import { describedService, removeWritten, writtenFiles } from './described.ts'

// The program itself, as it is typed.

const WSDL = join(ROOT, 'test/import/wsdl')
afterEach(endAll)
afterAll(removeWritten)

interface Ended {
  readonly code: number | NodeJS.Signals
  readonly out: string
  readonly err: string
}

async function facet(args: readonly string[], cwd = ROOT): Promise<Ended> {
  const child = run('node', [join(ROOT, 'bin/facet.js'), ...args], {}, cwd)
  return { code: await child.ended, out: child.out(), err: child.err() }
}

describe('facet', () => {
  test.each([
    ['npx', ['facet', '--help']],
    ['npm', ['run', '--silent', 'facet', '--', '--help']],
  ])(
    '%s %j',
    async (command, args) => {
      const child = run(command, args, { HOME: process.env.HOME ?? '' })
      expect([await child.ended, child.out()]).toEqual([0, expect.stringContaining('Usage: facet [options] [command]')])
    },
    60_000,
  )

  test('says its version, and what it can do', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    expect(await facet(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
    const help = await facet(['import', 'wsdl', '--help'])
    for (const option of ['--out', '--force', '--operation', '--name', '--url-env', '--port', '--decimal', '--dates'])
      expect(help.out).toContain(option)
  })

  test.each([
    [[], 'Usage: facet'],
    [['nothing'], "unknown command 'nothing'"],
    [['import', 'wsdl'], "missing required argument 'source'"],
    [['import', 'wsdl', 'a', 'b'], 'too many arguments'],
    [['import', 'wsdl', 'a', '--nothing'], "unknown option '--nothing'"],
    [['import', 'wsdl', 'a', '--decimal', 'float'], 'Allowed choices are number, string'],
    [['import', 'wsdl', 'a', '--name', '1st'], 'letters, digits, - and _ were expected'],
    [['import', 'wsdl', 'a', '--url-env', 'A-B'], 'letters, digits and _ were expected'],
  ])('%j is a mistake', async (args, message) => {
    const { code, out, err } = await facet(args)
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain(message)
  })
})

describe('facet import wsdl', () => {
  test('writes a module to standard output, and what it cannot say to standard error', async () => {
    const { code, out, err } = await facet(['import', 'wsdl', join(WSDL, 'vehicles.wsdl')])
    expect([code, out]).toEqual([0, readFileSync(join(ROOT, 'test/import/golden/vehicles.ts'), 'utf8')])
    expect(err).toContain('note: type Found: any further elements (##other): neither read nor written\n')
    expect(err.split('\n').every((line) => line === '' || line.startsWith('note: '))).toBe(true)
  })

  test('writes a module to a file, in a folder that it makes', async () => {
    const folder = writtenFiles({})
    const args = ['import', 'wsdl', join(WSDL, 'orders.wsdl'), '--out', 'routes/_backends/orders.ts']
    expect(await facet(args, folder)).toEqual({
      code: 0,
      out: "routes/_backends/orders.ts: 3 operations of the backend 'orders', whose URL is read from ORDERS_URL\n",
      err: '',
    })
    const written = readFileSync(join(folder, 'routes/_backends/orders.ts'), 'utf8')
    expect(written).toBe(readFileSync(join(ROOT, 'test/import/golden/orders.ts'), 'utf8'))
  })

  test('does not replace a file unless it is told to', async () => {
    const folder = writtenFiles({ 'x.ts': 'mine' })
    const args = ['import', 'wsdl', join(WSDL, 'rates.wsdl'), '--out', 'x.ts']
    expect(await facet(args, folder)).toEqual({
      ...{ code: 1, out: '' },
      err: 'facet: x.ts is there already; --force replaces it, with all that was changed in it\n',
    })
    expect(readFileSync(join(folder, 'x.ts'), 'utf8')).toBe('mine')
    expect(await facet([...args, '--force'], folder)).toMatchObject({ code: 0, err: '' })
    expect(readFileSync(join(folder, 'x.ts'), 'utf8')).toContain('export const rate =')
  })

  test.each([[['--operation', 'getOrder', '--operation', 'delete']], [['--operation', 'getOrder,delete']]])(
    '%j',
    async (options) => {
      const { out } = await facet(['import', 'wsdl', join(WSDL, 'orders.wsdl'), ...options])
      expect([...out.matchAll(/^export const (\w+)/gm)].map(([, name]) => name)).toEqual([
        'getOrder',
        'deleteOperation',
      ])
    },
  )

  test('takes names, a port, and other ways to write values', async () => {
    const schema =
      '<xs:element name="Do"><xs:complexType><xs:attribute name="d" type="xs:decimal"/><xs:attribute name="t" type="xs:dateTime"/></xs:complexType></xs:element>'
    const folder = writtenFiles({ 'test.wsdl': describedService(schema) })
    const named = ['--name', 'shop', '--url-env', 'SHOP', '--port', 'Test', '--decimal', 'string', '--dates']
    const { code, out } = await facet(['import', 'wsdl', 'test.wsdl', ...named], folder)
    expect(code).toBe(0)
    expect(out).toContain("const shop = soap('shop', {\n  url: env('SHOP'),")
    expect(out).toContain('z.string().regex(')
    expect(out).toContain('t: xml.attr(z.date()).optional(),')
  })

  test.each([
    [['gone.wsdl'], 'facet: gone.wsdl cannot be read: there is no such file\n'],
    [['.'], /^facet: .* cannot be read: it is a folder\n$/],
    [['no.wsdl'], "facet: no.wsdl is no WSDL: its root element is 'a'\n"],
    [['yes.wsdl', '--operation', 'Nope'], "facet: port Test has no operation 'Nope'; it has Do\n"],
    [['yes.wsdl', '--port', 'Nope'], "facet: there is no SOAP port 'Nope'; there is Test\n"],
    [['ftp://x/y'], 'facet: ftp://x/y is neither a file nor an http URL\n'],
    [['http://user:secret@127.0.0.1:1/x'], /^facet: a URL with a name and a password in it is not read/],
    [['http://127.0.0.1:1/x'], /^facet: http:\/\/127\.0\.0\.1:1\/x cannot be fetched: .+\n$/],
  ])('%j ends with 1, in one line, and writes nothing', async (args, message) => {
    const folder = writtenFiles({
      'no.wsdl': '<a/>',
      'yes.wsdl': describedService('<xs:element name="Do" type="xs:int"/>'),
    })
    const { code, out, err } = await facet(['import', 'wsdl', ...args, '--out', 'out.ts'], folder)
    expect([code, out]).toEqual([1, ''])
    expect(err).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
    expect(existsSync(join(folder, 'out.ts'))).toBe(false)
  })

  test('a file that cannot be written is said in one line', async () => {
    const folder = writtenFiles({})
    writeFileSync(join(folder, 'file'), '')
    const { code, err } = await facet(['import', 'wsdl', join(WSDL, 'rates.wsdl'), '--out', 'file/x.ts'], folder)
    expect([code, err]).toEqual([1, expect.stringMatching(/^facet: file\/x\.ts cannot be written: \w+\n$/)])
  })
})
