import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, describe, expect, test } from '@jest/globals'
import { BOUNDS } from '../../src/import/documents.ts'
import { importWsdl } from '../../src/import/import-wsdl.ts'
import { endAll, run } from '../process/child.ts'
import { ROOT } from '../support/modules.ts'
import { describedService, removeWritten, writtenFiles } from './described.ts'

const WSDL = join(ROOT, 'test/import/wsdl')
const servers: Server[] = []
afterEach(async () => {
  await endAll()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})
afterAll(removeWritten)

async function serve(listener: RequestListener): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url as string)
    listener(request, response)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

/** Serves the descriptions of this folder. */
function serveFiles(): ReturnType<typeof serve> {
  return serve((request, response) => {
    response.setHeader('content-type', 'text/xml; charset=utf-8')
    response.end(readFileSync(join(WSDL, request.url as string)))
  })
}

const including = (reference: string) =>
  describedService(`<xs:include schemaLocation="${reference}"/><xs:element name="Do" type="t:T"/>`)
const SCHEMA =
  '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:test"><xs:simpleType name="T"><xs:restriction base="xs:int"/></xs:simpleType></xs:schema>'

describe('over http', () => {
  test('the program reads a description and all that it leads to, each document once', async () => {
    const { url, asked } = await serveFiles()
    const child = run('node', [join(ROOT, 'bin/facet.js'), 'import', 'wsdl', `${url}/customers.wsdl`], {})
    expect([await child.ended, child.err()]).toEqual([0, ''])
    const golden = readFileSync(join(ROOT, 'test/import/golden/customers.ts'), 'utf8')
    expect(child.out()).toBe(golden.replace('wsdl customers.wsdl', `wsdl ${url}/customers.wsdl`))
    expect(asked.toSorted()).toEqual([
      ...['/customers.wsdl', '/schemas/common.xsd', '/schemas/data.xsd', '/schemas/messages.xsd', '/schemas/post.xsd'],
    ])
  })

  test('descriptions that import each other end', async () => {
    const { url, asked } = await serveFiles()
    const { text } = await importWsdl({ source: `${url}/rates.wsdl` })
    expect(text).toContain('export const pairs =')
    expect(asked).toEqual(['/rates.wsdl', '/rates/port.wsdl', '/rates/rates.xsd'])
  })

  test('references are relative to where a document was in the end', async () => {
    const { url, asked } = await serve((request, response) => {
      if (request.url === '/old') response.writeHead(302, { location: '/new/test.wsdl' }).end()
      else response.end(request.url === '/new/test.wsdl' ? including('t.xsd?x=1') : SCHEMA)
    })
    expect((await importWsdl({ source: `${url}/old` })).text).toContain('z.int32()')
    expect(asked).toEqual(['/old', '/new/test.wsdl', '/new/t.xsd?x=1'])
  })

  test('a document from the network does not lead to a file, neither do redirects', async () => {
    const file = pathToFileURL(join(writtenFiles({ 't.xsd': SCHEMA }), 't.xsd')).href
    const { url } = await serve((request, response) => {
      if (request.url === '/redirect') response.writeHead(302, { location: file }).end()
      else response.end(including(file))
    })
    await expect(importWsdl({ source: `${url}/x` })).rejects.toThrow(
      `${url}/x: refers to ${file}, which a document from the network may not`,
    )
    await expect(importWsdl({ source: `${url}/redirect` })).rejects.toThrow(`refers to ${file}`)
  })

  test('redirects end', async () => {
    const { url, asked } = await serve((_, response) => response.writeHead(302, { location: '/again' }).end())
    await expect(importWsdl({ source: `${url}/x` })).rejects.toThrow(`${url}/x leads through more than 5 redirects`)
    expect(asked).toHaveLength(6)
  })

  test('any other status is a mistake', async () => {
    const { url } = await serve((_, response) => response.writeHead(404).end())
    await expect(importWsdl({ source: `${url}/x` })).rejects.toThrow(`${url}/x answered with status 404`)
  })

  test('what is too large is not read to its end', async () => {
    let sent = 0
    const { url } = await serve(async (_, response) => {
      const chunk = Buffer.alloc(1024 * 1024, ' ')
      for (; !response.destroyed && sent < 100; sent++)
        await new Promise<void>((resolve) =>
          response.write(chunk) ? setImmediate(resolve) : response.once('drain', resolve).once('close', resolve),
        )
    })
    await expect(importWsdl({ source: `${url}/x` })).rejects.toThrow(`${url}/x has more than ${BOUNDS.bytes} bytes`)
    expect(sent).toBeLessThan(100)
  })

  test('documents without end are a mistake', async () => {
    let count = 0
    const { url } = await serve((request, response) => {
      const next = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:include schemaLocation="${++count}.xsd"/></xs:schema>`
      response.end(request.url === '/x' ? including('0.xsd') : next)
    })
    await expect(importWsdl({ source: `${url}/x` })).rejects.toThrow(/^more than 500 documents/)
  })
})

describe('from files', () => {
  test('references are URIs, relative to the document', async () => {
    const folder = writtenFiles({ 'a/test.wsdl': including('../b%20c/t.xsd#x'), 'b c/t.xsd': SCHEMA })
    expect((await importWsdl({ source: join(folder, 'a/test.wsdl') })).text).toContain('z.int32()')
  })

  test('may lead to the network', async () => {
    const { url } = await serve((_, response) => response.end(SCHEMA))
    const folder = writtenFiles({ 'test.wsdl': including(`${url}/t.xsd`) })
    expect((await importWsdl({ source: join(folder, 'test.wsdl') })).text).toContain('z.int32()')
  })

  test('are decoded as they say', async () => {
    const text = `<?xml version="1.0" encoding="UTF-16"?>${describedService('<xs:element name="Do"><xs:annotation><xs:documentation>für alle</xs:documentation></xs:annotation><xs:complexType/></xs:element>')}`
    const folder = writtenFiles({ 'test.wsdl': Buffer.from(`\ufeff${text}`, 'utf16le') })
    expect((await importWsdl({ source: join(folder, 'test.wsdl') })).text).toContain('/** für alle */')
  })

  test('that are too large, or no files, are a mistake', async () => {
    const folder = writtenFiles({ 'large.wsdl': Buffer.alloc(BOUNDS.bytes + 1) })
    await expect(importWsdl({ source: join(folder, 'large.wsdl') })).rejects.toThrow(
      `large.wsdl has more than ${BOUNDS.bytes} bytes`,
    )
  })

  test('an included schema of another namespace is a mistake', async () => {
    const folder = writtenFiles({ 'test.wsdl': including('t.xsd'), 't.xsd': SCHEMA.replace('urn:test', 'urn:other') })
    await expect(importWsdl({ source: join(folder, 'test.wsdl') })).rejects.toThrow(
      "has the namespace 'urn:other' but is included in 'urn:test'",
    )
  })

  test('a redefinition is read as an inclusion, and that is said', async () => {
    const redefining = including('t.xsd').replace(
      '<xs:include schemaLocation="t.xsd"/>',
      '<xs:redefine schemaLocation="t.xsd"><xs:simpleType name="T"><xs:restriction base="t:T"/></xs:simpleType></xs:redefine>',
    )
    const folder = writtenFiles({ 'test.wsdl': redefining, 't.xsd': SCHEMA })
    const { notes, text } = await importWsdl({ source: join(folder, 'test.wsdl') })
    expect(notes).toEqual(['schema urn:test: xs:redefine is read as xs:include: its changes of T are left out'])
    expect(text).toContain('xs:redefine is read as xs:include')
  })
})
