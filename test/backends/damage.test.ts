import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { json, type MockBackend, startMock } from './index.ts'
import { rawRequest } from './raw-request.ts'

const DOCUMENT = JSON.stringify({ text: 'ü'.repeat(50) })
const BYTES = Buffer.from(DOCUMENT)
const HALF = BYTES.subarray(0, Math.floor(BYTES.length / 2))

let mock: MockBackend
beforeAll(async () => {
  mock = await startMock({ name: 'mock', handler: () => json(200, JSON.parse(DOCUMENT)) })
})
afterAll(() => mock.close())
beforeEach(() => mock.reset())

test('truncated: the full content-length is promised, half is sent, and the connection is cut', async () => {
  mock.control({ body: 'truncated' })
  const { head, body, closed } = await rawRequest(mock.port)
  expect(head).toContain(`content-length: ${BYTES.length}\r\n`)
  expect(body).toEqual(HALF)
  expect(closed).toBe(true)
  await expect(fetch(mock.url).then((response) => response.text())).rejects.toThrow()
})

test('cut: the message is whole, its document ends in the middle', async () => {
  mock.control({ body: 'cut' })
  const { head, body, closed } = await rawRequest(mock.port)
  expect(head).toContain(`content-length: ${HALF.length}\r\n`)
  expect(head).toContain('content-type: application/json')
  expect(body).toEqual(HALF)
  expect(closed).toBe(false)
})

test('garbage: bytes that are neither text nor a document, under the same media type', async () => {
  mock.control({ body: 'garbage' })
  const { head, body } = await rawRequest(mock.port)
  expect(head).toMatch(/^HTTP\/1\.1 200 .*content-type: application\/json/s)
  expect(body.length).toBeGreaterThan(0)
  expect(() => new TextDecoder('utf-8', { fatal: true }).decode(body)).toThrow()
  expect(() => JSON.parse(body.toString())).toThrow()
})

test('html: an error page, with the status as it was', async () => {
  mock.control({ body: 'html' })
  const sound = await fetch(mock.url)
  expect([sound.status, sound.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  expect(await sound.text()).toMatch(/^<!doctype html>/)
  mock.control({ status: 502 })
  const failed = await fetch(mock.url)
  expect([failed.status, failed.headers.get('content-type')]).toEqual([502, 'text/html; charset=utf-8'])
})

test('empty: no bytes, and the connection goes on', async () => {
  mock.control({ body: 'empty' })
  const { head, body, closed } = await rawRequest(mock.port)
  expect(head).toMatch(/^HTTP\/1\.1 200 .*content-length: 0\r\n/s)
  expect([body.length, closed]).toEqual([0, false])
})

test('normal: everything as it should be', async () => {
  const { head, body, closed } = await rawRequest(mock.port)
  expect(head).toMatch(/^HTTP\/1\.1 200 /)
  expect([body.equals(BYTES), closed]).toEqual([true, false])
})
