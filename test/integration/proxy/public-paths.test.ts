// Where a client gets by what a backend has said of its own paths, whatever stands before them there and here.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import express from 'express'
import { client, proxy, rest } from 'facet'
import { type Harness, harness } from 'facet/testing'
import { type SaidBackend, saidBackend } from '../support/said-backend.ts'
import { head, say } from '../support/wire.ts'

const BASES = ['', '/base', '/base/deep'] as const
const PREFIXES = [undefined, 'keep', '/other', '/other/deep'] as const
/** The routes of this test: a prefix option, a base, where it is public, and what stands before its paths at the backend. */
const ways = BASES.flatMap((base, b) =>
  PREFIXES.map((prefix, p) => {
    const own = `/at/r${b}${p}`
    const inner = prefix === undefined ? '' : prefix === 'keep' ? own : prefix
    return { own, base, prefix, reach: base + inner }
  }),
)

let backend: SaidBackend
let facet: Harness
let theirs: Server
beforeAll(async () => {
  backend = await saidBackend()
  // It says what it is asked to say, and else what it was asked.
  backend.answer(({ headers, url }, response) => {
    const { 'x-location': location, 'x-cookie-path': path } = headers
    if (location !== undefined) response.setHeader('Location', location)
    if (path !== undefined) response.setHeader('Set-Cookie', `a=1; Path=${path}`)
    response.writeHead(location === undefined ? 200 : 302).end(url)
  })
  const routes = ways.map(({ own, base, prefix }, at) => {
    const options = prefix === undefined ? {} : { prefix }
    return [`r${at}`, proxy(`ANY ${own as '/at'}/*path`, rest(`r${at}`, { url: backend.url + base }), options)] as const
  })
  facet = await harness({ routes: Object.fromEntries(routes), clients: [client('mobile', { path: '/m' })] })
  const root = express()
  root.use('/api/v1', facet.app)
  theirs = createServer(root)
  theirs.on('upgrade', (request, socket, head) => {
    Object.assign(request, { originalUrl: request.url })
    request.url = (request.url as string).slice('/api/v1'.length)
    facet.app.upgrade(request, socket, head)
  })
  await new Promise<void>((resolve) => theirs.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  theirs.closeAllConnections()
  await new Promise((resolve) => theirs.close(resolve))
  await facet.close()
  await backend.close()
})

const mounted = () => `http://127.0.0.1:${(theirs.address() as AddressInfo).port}`
/** Where Facet is: on its own, for a client that says itself in the path, and in somebody's app. */
const places: [string, () => string, string][] = [
  ['on its own', () => facet.url, ''],
  ['behind what says the client', () => facet.url, '/m'],
  ['in an Express app', mounted, '/api/v1'],
  ['in an Express app, behind what says the client', mounted, '/api/v1/m'],
]

/** Whether a cookie of a path is sent with a request for another (RFC 6265, section 5.1.4). */
function covers(cookie: string, path: string): boolean {
  return path === cookie || path.startsWith(cookie.endsWith('/') ? cookie : `${cookie}/`)
}

const pathIn = (cookies: readonly string[]) => /; Path=(.*)$/.exec(cookies[0] ?? '')?.[1] as string

describe.each(places)('%s', (_, url, before) => {
  test.each(ways)('what is named below $reach is asked there when the client follows, $own', async ({ own, reach }) => {
    for (const rest of ['/', '/login', '/a/b?next=%2Fx&y', '/a//b', '/%41%2fb', `${reach}/login`, `${own}/login`]) {
      for (const said of [reach + rest, `${backend.url}${reach}${rest}`]) {
        const { headers } = await say(url(), head(`${before + own}/x`, { 'X-Location': said }))
        const location = headers.get('location') as string
        expect([said, location]).toEqual([said, before + own + rest])
        expect([location, (await say(url(), head(location))).text]).toEqual([location, reach + rest])
      }
    }
  })

  test.each(ways)(
    'a cookie is sent with what it is for, and nothing else of the route, $own',
    async ({ own, reach }) => {
      const asked = async (path: string) => (await say(url(), head(path))).text
      for (const path of [reach || '/', `${reach}/`, `${reach}/shop`, `${reach}/shop/cart`]) {
        const { headers } = await say(url(), head(`${before + own}/x`, { 'X-Cookie-Path': path }))
        const cookie = pathIn(headers.getSetCookie())
        expect(cookie.startsWith(before + own)).toBe(true)
        for (const rest of ['/', '/shop', '/shop/', '/shop/cart/1', '/shopping', '/x']) {
          const here = before + own + rest
          const there = await asked(here)
          // The root of a cookie at the backend has no slash at its end here: it would not cover the route itself.
          const wanted = covers(path, there) || (rest === '/' && path === `${reach}/`)
          expect([path, here, covers(cookie, here)]).toEqual([path, here, wanted])
        }
      }
    },
  )
})

describe('what a route cannot ask', () => {
  const outside = ways.filter(({ reach }) => reach !== '')
  test.each(outside)('is left as it is, $own with $prefix behind $base', async ({ own, base, reach }) => {
    const sibling = `${reach}s`
    for (const said of [sibling, `${sibling}/x`, `${backend.url}${sibling}/x`, '/x', `${backend.url}/`, `${base}x`]) {
      const { headers } = await say(facet.url, head(`${own}/x`, { 'X-Location': said }))
      expect(headers.get('location')).toBe(said)
    }
    const { headers } = await say(facet.url, head(`${own}/x`, { 'X-Cookie-Path': sibling }))
    expect(pathIn(headers.getSetCookie())).toBe(sibling)
  })

  test.each(ways)(
    'a cookie that covers all that it can covers the route, $own with $prefix behind $base',
    async (way) => {
      const { own, base, reach } = way
      for (const path of [base || '/', reach.slice(0, reach.lastIndexOf('/')) || '/', '/']) {
        const { headers } = await say(facet.url, head(`${own}/x`, { 'X-Cookie-Path': path }))
        const cookie = pathIn(headers.getSetCookie())
        expect([path, cookie, covers(cookie, own)]).toEqual([path, cookie, true])
      }
    },
  )
})

test.each([
  ['/api/v1/at/r00/x', '/at/r00/login', '/api/v1/at/r00/at/r00/login'],
  ['/api/v1/at/r01/x', '/at/r01/login', '/api/v1/at/r01/login'],
])('an answer to an upgrade of %s in an Express app points there, too', async (path, said, expected) => {
  const upgrade = { Connection: 'Upgrade', Upgrade: 'x-own' }
  const { headers } = await say(mounted(), head(path, { ...upgrade, 'X-Location': said, 'X-Cookie-Path': said }))
  expect([headers.get('location'), pathIn(headers.getSetCookie())]).toEqual([expected, expected])
})
