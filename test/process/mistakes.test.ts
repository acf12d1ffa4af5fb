import { afterEach, describe, expect, test } from '@jest/globals'
import { endAll } from './child.ts'
import { makeProject, removeProjects, route } from './project.ts'
import { clientFile, GREETER, HELLO, transformFile, WATCH } from './samples.ts'
import { refusal, startIn } from './started.ts'

const ROUTE = 'routes/broken.ts'
const CLIENT = 'transforms/tv/_client.ts'
const withOptions = (options: string) =>
  `import { endpoint } from 'facet'\nexport default endpoint('GET /broken', ${options})\n`

afterEach(async () => {
  await endAll()
  removeProjects()
})

const told = (files: Record<string, string>) => refusal(startIn(makeProject({ ...HELLO, ...files })))

describe('a mistake in a file stops the start, and is told with the file, the option and the value', () => {
  test.each([
    ['an option', ROUTE, withOptions("{ deadline: 'soon' }"), /'GET \/broken' at 'deadline' \('soon'\): a duration .*/],
    ['one within an option', ROUTE, withOptions("{ cache: { ttl: '30' } }"), / at 'cache\.ttl' \('30'\): /],
    ['a number', ROUTE, withOptions('{ status: 404 }'), / at 'status' \(404\): /],
    ['an option that there is not', ROUTE, withOptions('{ chache: {} }'), /'GET \/broken'.*chache/],
    ['authentication, which is not there yet', ROUTE, withOptions("{ auth: 'user' }"), / at 'auth' \('user'\): /],
    ['a method', ROUTE, route('GETT /x'), /route 'GETT \/x': /],
    ['a path', ROUTE, route('GET /x/:/y'), /route 'GET \/x\/:\/y': /],
    ['a route in a folder', 'routes/v1/deep/broken.ts', route('GETT /x'), /route 'GETT \/x': /],
    [
      'a route that is taken',
      'routes/x.ts',
      route('GET /hello'),
      /route 'GET \/hello': it is the same as 'GET \/hello' in routes\/hello\.ts$/,
    ],
    ['an export', ROUTE, 'export const x = 1\n', /the default export must be an endpoint/],
    ['what is imported', ROUTE, "import './nowhere.ts'\n", /Cannot find module .*nowhere\.ts/],
    ['an exception', ROUTE, "throw new Error('not today')\n", /not today$/],
    ['text that is no TypeScript', ROUTE, 'export default {{\n', /./],
    ['a client', CLIENT, clientFile('tv', "{ format: 'yaml' }"), /client 'tv' at 'format' \('yaml'\): /],
    ['a folder without a client', 'transforms/tv/hello.ts', 'export default 1\n', /it belongs to no client/],
  ])('%s', async (_, file, text, message) => {
    const lines = await told({ [file]: text })
    expect(lines).toEqual([expect.stringMatching(message)])
    expect(lines[0]?.slice(0, file.length + 2)).toBe(`${file}: `)
  })

  test('a source that a transform names, and the endpoint does not have', async () => {
    const transform = transformFile('tv', 'greet', "['greting'], ({ greting }) => greting")
    const files = { ...GREETER, [CLIENT]: clientFile('tv'), 'transforms/tv/greet.ts': transform }
    expect(await told(files)).toEqual([
      "transforms/tv/greet.ts: transform of 'GET /greet/:name' for client 'tv': the endpoint has no source 'greting'",
    ])
  })

  test('a file among the transforms that is none', async () => {
    expect(await told({ ...WATCH, 'transforms/watch/x.ts': 'export default 1\n' })).toEqual([
      expect.stringMatching(/^transforms\/watch\/x\.ts: the default export must be a transform/),
    ])
  })

  test('clients of which none is the default one', async () => {
    expect(await told({ [CLIENT]: clientFile('tv', '{}') })).toEqual([
      expect.stringContaining('exactly one must say default: true; none does'),
    ])
  })
})

describe('mistakes are told all at once, and each once', () => {
  test('in several files, one of which others import', async () => {
    const lines = await told({
      [ROUTE]: withOptions('{ status: 404 }'),
      'routes/other.ts': route('GET /other', ".source('1', {}, () => 1)"),
      'transforms/web/_client.ts': clientFile('web'),
      'transforms/web/broken.ts': transformFile('web', 'broken', '(data) => data'),
    })
    expect(lines).toEqual([
      expect.stringMatching(/^routes\/broken\.ts: .* at 'status' \(404\)/),
      expect.stringMatching(/^routes\/other\.ts: .*'1'/),
    ])
  })

  test('in a backend that two routes use', async () => {
    const backend = GREETER['routes/_backends/greeter.ts'].replace(
      "env('GREETER_URL')",
      "env('GREETER_URL'), timeout: 'soon'",
    )
    const second = GREETER['routes/greet.ts'].replace('GET /greet', 'GET /greet2')
    const lines = await told({ ...GREETER, 'routes/_backends/greeter.ts': backend, 'routes/greet2.ts': second })
    expect(lines).toEqual([
      expect.stringMatching(/backend 'greeter' at 'timeout' \('soon'\): a duration .* was expected$/),
    ])
  })
})
