import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from '@jest/globals'
import { CommandError } from '../../src/cli/command-error.ts'
import { checkPath, checkTarget, proxyModule } from '../../src/cli/proxy-module.ts'
import { endAll, run } from '../process/child.ts'
import { makeProject, removeProjects } from '../process/project.ts'
import { ROOT } from '../support/modules.ts'

// The program itself, as it is typed.

const BIN = join(ROOT, 'bin/facet.js')
afterEach(endAll)
afterAll(removeProjects)

const folder = () => makeProject({}).folder

interface Ended {
  readonly code: number | NodeJS.Signals
  readonly out: string
  readonly err: string
}

async function facet(cwd: string, ...args: string[]): Promise<Ended> {
  const child = run('node', [BIN, 'new', 'proxy', ...args], {}, cwd)
  return { code: await child.ended, out: child.out(), err: child.err() }
}

/** The same, with somebody who answers. */
function answered(cwd: string, answers: readonly string[], ...args: string[]): Promise<Ended> {
  const PATH = `${dirname(process.execPath)}:${process.env.PATH}`
  const child = spawn('node', [BIN, 'new', 'proxy', ...args], { cwd, env: { PATH } })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    out += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    err += chunk
  })
  child.stdin.end(answers.map((answer) => `${answer}\n`).join(''))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code: code as number, out, err })))
}

const LEGACY = `import { proxy } from 'facet'

/** \`/legacy/x?y=z\` is \`/x?y=z\` of http://legacy:8080. */
export default proxy('ANY /legacy/*path', 'http://legacy:8080')
`

describe('facet new proxy', () => {
  test('writes a module, and says how to try it', async () => {
    const cwd = folder()
    const { code, out, err } = await facet(cwd, 'legacy', '--path', '/legacy', '--target', 'http://legacy:8080')
    expect([code, err]).toEqual([0, ''])
    expect(out).toBe(
      'routes/legacy.ts: /legacy goes to http://legacy:8080\n\nTry it:\n\n  curl -i http://localhost:3000/legacy/\n\n',
    )
    expect(readFileSync(join(cwd, 'routes/legacy.ts'), 'utf8')).toBe(LEGACY)
  })

  test('asks for what is not given, again where an answer will not do, and proposes the path', async () => {
    const cwd = folder()
    const answers = ['../x', 'legacy', '', 'ftp://legacy', 'http://legacy:8080']
    const { code, err } = await answered(cwd, answers)
    expect(code).toBe(0)
    expect(err).toMatch(
      /^Name: the name '\.\.\/x': .*\nName: Path \(\/legacy\): Target URL: the target 'ftp:.*\nTarget URL: $/,
    )
    expect(readFileSync(join(cwd, 'routes/legacy.ts'), 'utf8')).toBe(LEGACY)
    const named = await answered(cwd, ['/other/{proxy+}'], 'more', '--target', 'OTHER_URL', '--methods', 'get,post')
    expect([named.code, named.err]).toEqual([0, 'Path (/more): '])
    expect(named.out).toContain('OTHER_URL=http://… npm start, and then curl -i http://localhost:3000/other/')
    expect(readFileSync(join(cwd, 'routes/more.ts'), 'utf8')).toBe(`import { env, proxy } from 'facet'

/** \`/other/x?y=z\` is \`/x?y=z\` of what OTHER_URL names. */
export default proxy('GET,POST /other/*path', env('OTHER_URL'))
`)
  })

  test('replaces nothing unless it is told to', async () => {
    const cwd = folder()
    const args = ['legacy', '--path', 'legacy/', '--target', 'http://legacy:8080']
    expect(await facet(cwd, 'legacy', '--path', '/', '--target', 'https://all.test/base')).toMatchObject({
      code: 0,
      err: '',
    })
    const before = readFileSync(join(cwd, 'routes/legacy.ts'), 'utf8')
    expect(before).toContain("proxy('ANY /*path', 'https://all.test/base')")
    expect(await facet(cwd, ...args)).toEqual({
      code: 1,
      out: '',
      err: 'facet: routes/legacy.ts is there already; --force replaces it\n',
    })
    expect(readFileSync(join(cwd, 'routes/legacy.ts'), 'utf8')).toBe(before)
    expect((await facet(cwd, ...args, '--force')).code).toBe(0)
    expect(readFileSync(join(cwd, 'routes/legacy.ts'), 'utf8')).toBe(LEGACY)
  })

  test.each([
    [['a/b'], "the name 'a/b': letters, digits, - and _ were expected"],
    [['_legacy'], "the name '_legacy'"],
    [['a', '--path', '/:id'], "the path '/:id': plain text such as /legacy was expected"],
    [['a', '--target', 'legacy:8080'], "the target 'legacy:8080': an http or https URL was expected"],
    [['a', '--target', 'http://me:secret@legacy'], 'the target carries credentials'],
    [['a', '--target', 'http://h/*/;process.exit(7);/*'], 'an http or https URL without "*" was expected'],
    [['a\n'], 'letters, digits, - and _ were expected'],
    [['a', '--path', '/%2e%2e'], "the path '/%2e%2e': dot segments are refused in every request"],
    [['a', '--methods', 'GET,FETCH'], "the methods 'GET,FETCH': ANY or a list such as GET,POST was expected"],
    [['a', '--path', '/a'], 'Target URL: \nfacet: --target is missing, and there is nobody to ask\n'],
    [['a', 'b'], 'too many arguments'],
  ])('%j is a mistake, and nothing is written', async (args, message) => {
    const cwd = folder()
    const { code, out, err } = await facet(cwd, ...args)
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain(message)
    expect(err).not.toContain('secret')
    expect(readdirSync(join(cwd, 'routes'))).toEqual([])
  })

  test.each([
    ['path', "/a'b", 'plain text such as /legacy was expected'],
    ['path', '', "the path '': plain text such as /legacy was expected"],
    ['path', '/a//b', 'plain text such as /legacy was expected'],
    ['path', '/a/../b', 'dot segments are refused in every request'],
    ['target', 'http://me:s*cret@legacy', 'the target carries credentials'],
    ['target', "http://a/'+x+'", 'an http or https URL without "\'" was expected'],
    ['target', 'http://h/`x`', 'an http or https URL without "`" was expected'],
    ['target', 'http://h/\\', 'an http or https URL without "\\\\" was expected'],
    ['target', 'http://h/\u2028', 'an http or https URL without'],
    ['target', 'http://h/?a=b', 'an http or https URL was expected'],
    ['path', '/a\u2028b', 'plain text such as /legacy was expected'],
    ['path', '/a*/b', 'plain text such as /legacy was expected'],
    ['path', '/a%2f..', 'dot segments are refused in every request'],
    ['path', '/%zz', "the path '/%zz': '%zz' is no escape"],
    ['path', '/a%', "'%' is no escape"],
    ['path', '/livez', "the path '/livez': Facet answers /livez, /readyz and /problems/ itself"],
    ['path', 'r%65adyz/', 'Facet answers /livez, /readyz and /problems/ itself'],
    ['path', '/problems/{proxy+}', 'Facet answers /livez, /readyz and /problems/ itself'],
  ])('no %s is %j', (what, text, message) => {
    const check = what === 'path' ? checkPath : checkTarget
    expect(() => check(text)).toThrow(CommandError)
    expect(() => check(text)).toThrow(message)
    expect(() => check(text)).not.toThrow('s*cret')
  })

  test('writes nothing that could end a string or a comment of the module', () => {
    const signs = [...Array(256).keys(), 0x2028, 0x2029, 0xfeff, 0x1f600].map((code) => String.fromCodePoint(code))
    const taken = { path: '', target: '' }
    for (const sign of [...signs, '*/', '//', '\\u0027']) {
      const given = `a${sign}b`
      for (const [part, check, text] of [
        ['path', checkPath, `/${given}`],
        ['target', checkTarget, `http://h/${given}`],
      ] as const) {
        let checked: string
        try {
          checked = check(text)
        } catch (error) {
          expect(error).toBeInstanceOf(CommandError)
          continue
        }
        taken[part] += sign
        const wanted = { path: '/p', target: 'http://h', methods: 'ANY', [part]: checked }
        expect(proxyModule(wanted)).toMatch(
          /^import \{ proxy \} from 'facet'\n\n\/\*\* `[^`*\s]+` is `[^`*\s]+` of [^`*'\\\s]+\. \*\/\nexport default proxy\('ANY [^'\\\s]+', '[^'\\\s]+'\)\n$/,
        )
      }
    }
    const plain = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'
    expect([...taken.path].sort().join('')).toBe(`-./${plain}~`.split('').sort().join(''))
    expect(new Set(taken.target)).toEqual(new Set(`!$%&()+,-./:;=@[]~${plain}`))
  })

  test('writes what can be served', async () => {
    const cwd = folder()
    await facet(cwd, 'legacy', '--path', '/v1.0/a-b', '--target', 'http://127.0.0.1:9')
    const check = `import { pathToFileURL } from 'node:url'
const { default: route } = await import(pathToFileURL('routes/legacy.ts').href)
console.log(route.route, route.backend.name)`
    const child = run('node', ['--conditions=facet-source', '--input-type=module', '-e', check], {}, cwd)
    expect([await child.ended, child.out(), child.err()]).toEqual([0, 'ANY /v1.0/a-b/*path any.v1%2E0.a-b\n', ''])
  })
})
