import { rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { scriptedBackend } from 'facet/testing'
import { endAll } from './child.ts'
import { makeProject, removeProjects } from './project.ts'
import { GREETER, HELLO, WATCH } from './samples.ts'
import { listening, refusal, start, startIn } from './started.ts'

afterEach(async () => {
  await endAll()
  removeProjects()
})

describe('FACET_ROUTES and FACET_TRANSFORMS', () => {
  test('are where modules are loaded from', async () => {
    const project = makeProject({ ...HELLO, ...WATCH })
    const { url } = await start(project.variables)
    expect(await (await fetch(`${url}/hello`)).json()).toEqual(['world'])
    expect((await fetch(`${url}/catalog`)).status).toBe(404)
    expect((await fetch(`${url}/hello`, { headers: { 'x-client': 'web' } })).status).toBe(400)
  })

  test('are ./routes and ./transforms of the folder that it is started in', async () => {
    const url = await listening(startIn(makeProject({ ...HELLO, ...WATCH })))
    expect(await (await fetch(`${url}/hello`)).json()).toEqual(['world'])
  })

  test('may be relative', async () => {
    const project = makeProject({ 'api/v1/hello.ts': HELLO['routes/hello.ts'], 'routes/broken.ts': 'nonsense' })
    const url = await listening(startIn(project, { FACET_ROUTES: 'api/v1' }))
    expect(await (await fetch(`${url}/hello`)).json()).toEqual({ hello: 'world' })
  })

  test('a service without transforms serves its routes, to one client', async () => {
    const project = makeProject(HELLO)
    rmdirSync(join(project.folder, 'transforms'))
    const url = await listening(startIn(project))
    expect(await (await fetch(`${url}/hello`)).json()).toEqual({ hello: 'world' })
  })

  test.each(['FACET_ROUTES', 'FACET_TRANSFORMS'])('a %s that is no folder is named', async (variable) => {
    const project = makeProject({ ...HELLO, ...WATCH })
    for (const value of ['nowhere', 'package.json'])
      expect(await refusal(startIn(project, { [variable]: value }))).toEqual([
        `${variable} is '${value}': a folder was expected`,
      ])
  })
})

describe('somebody else’s backends', () => {
  test('are where the environment says, and are sent what it says', async () => {
    const greeter = await scriptedBackend({ 'GET /greetings/Ada': { json: { text: 'Hello Ada' } } })
    try {
      const environment = { GREETER_URL: greeter.url, GREETER_KEY: 'Bearer key' }
      const url = await listening(startIn(makeProject(GREETER), environment))
      expect(await (await fetch(`${url}/greet/Ada`)).json()).toEqual({ greeting: { text: 'Hello Ada' } })
      expect(greeter.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer key'])
    } finally {
      await greeter.close()
    }
  })

  test('their URLs and what they are sent are asked for at once', async () => {
    expect(await refusal(startIn(makeProject(GREETER)))).toEqual([
      expect.stringMatching(/^GREETER_URL is not set: expected the http or https URL of backend 'greeter'/),
      expect.stringMatching(/^GREETER_KEY is not set: expected what backend 'greeter' is sent as 'authorization'/),
    ])
  })

  test('what cannot be sent is refused, and not shown', async () => {
    const facet = startIn(makeProject(GREETER), {
      GREETER_URL: 'http://127.0.0.1:1',
      GREETER_KEY: 'secret\nX-Admin: 1',
    })
    expect(await refusal(facet)).toEqual([expect.stringContaining('GREETER_KEY')])
    expect(facet.err()).not.toContain('secret')
  })
})
