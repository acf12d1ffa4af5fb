// What a stream of any size costs a process: as much memory as a small one.
import { readFileSync } from 'node:fs'
import { createServer, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { endAll } from './child.ts'
import { makeProject, removeProjects } from './project.ts'
import { listening, startIn } from './started.ts'

const GIGABYTE = 1_000_000_000
/** V8 lets some 64 MB of what streams read gather before it looks: that is there after the first of them, and all there is. */
const WARM = 200_000_000
/** Megabytes. */
const FLAT = 50
const PIECE = Buffer.alloc(65_536, 'x')

let backend: Server
beforeAll(async () => {
  backend = createServer(async (incoming, response) => {
    if (incoming.method === 'GET') return void (await pipeline(bytes(Number(incoming.headers['x-size'])), response))
    let size = 0
    for await (const piece of incoming) size += (piece as Buffer).length
    response.end(String(size))
  })
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await endAll()
  removeProjects()
})
afterAll(() => new Promise((resolve) => backend.close(resolve)))

/** So many bytes, made as they are taken. */
function bytes(size: number): Readable {
  return Readable.from(
    (function* () {
      for (let left = size; left > 0; left -= PIECE.length) yield left < PIECE.length ? PIECE.subarray(0, left) : PIECE
    })(),
  )
}

/** @returns how many bytes have come */
async function download(url: string, size: number): Promise<number> {
  let came = 0
  const asked = request(url, { headers: { 'x-size': size } }).end()
  const reply = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
    asked.on('response', resolve).on('error', reject),
  )
  reply.on('data', (piece: Buffer) => {
    came += piece.length
  })
  await finished(reply)
  return came
}

/** @returns how many bytes the backend has got */
async function upload(url: string, size: number): Promise<number> {
  const asked = request(url, { method: 'POST', headers: { 'content-length': size } })
  const answer = new Promise<ServerResponse>((resolve, reject) =>
    asked.on('response', resolve as never).on('error', reject),
  )
  await pipeline(bytes(size), asked)
  let text = ''
  for await (const piece of (await answer) as unknown as AsyncIterable<Buffer>) text += piece
  return Number(text)
}

/** The resident memory of a process at its most while something runs, in megabytes. */
async function most(pid: number, run: () => Promise<number>, expected: number): Promise<number> {
  let peak = 0
  const look = () => {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    peak = Math.max(peak, Number(kilobytes) / 1_000)
  }
  const looking = setInterval(look, 20)
  try {
    expect(await run()).toBe(expected)
    look()
  } finally {
    clearInterval(looking)
  }
  return peak
}

// Only Linux says how much memory another process has in a file.
const onLinux = process.platform === 'linux' ? test : test.skip
onLinux(
  'a gigabyte each way takes no more memory than the first part of it',
  async () => {
    const { port } = backend.address() as AddressInfo
    const project = makeProject({
      'routes/files.ts': `import { proxy } from 'facet'\nexport default proxy('ANY /files/*path', 'http://127.0.0.1:${port}')\n`,
      'transforms/web/_client.ts': `import { client } from 'facet'\nexport default client('web', { default: true })\n`,
    })
    const facet = startIn(project)
    const url = `${await listening(facet)}/files/it`
    await most(facet.pid, () => download(url, WARM), WARM)
    const warm = await most(facet.pid, () => upload(url, WARM), WARM)
    expect(await most(facet.pid, () => download(url, GIGABYTE), GIGABYTE)).toBeLessThan(warm + FLAT)
    expect(await most(facet.pid, () => upload(url, GIGABYTE), GIGABYTE)).toBeLessThan(warm + FLAT)
  },
  120_000,
)
