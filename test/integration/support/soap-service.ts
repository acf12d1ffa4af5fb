import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Parser } from 'xml2js'

const SOAP = 'http://www.w3.org/2003/05/soap-envelope'
export const ARCHIVE = 'urn:example:archive'
export const USER = { name: 'facet', password: 'pässwörd' }
/** What is in a scan: bytes that are no text, and look like the end of their part. */
export const SCAN: Buffer = Buffer.from([0x89, 0x50, 0x0d, 0x0a, 0x2d, 0x2d, 0x00, 0xff, 0x0d, 0x0a])
/** Words of the service's own, which no client may read. */
export const WORDS = 'scan store 10.1.2.3 says ORA-00001'

// biome-ignore lint/suspicious/noExplicitAny: what xml2js gives
type Read = any

/** A SOAP 1.2 service, as a server that was written without Facet in mind. */
export interface SoapService {
  readonly url: string
  /** What one-way messages said. */
  readonly notes: readonly string[]
  close(): Promise<void>
}

/** Starts an archive of scans: GetScan (an attachment), GetTitle (headers both ways), Note (one-way). */
export async function soapService(): Promise<SoapService> {
  const notes: string[] = []
  const nonces = new Set<string>()
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    try {
      const { header, operation, content } = readEnvelope(request, body)
      checkToken(header, nonces)
      OPERATIONS[operation]?.(content, response, header, notes)
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal
      answer(response, refusal.text, '', refusal.sender ? 400 : 500)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/archive`,
    notes,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** A Fault (part 1, section 5.4). */
class Refusal extends Error {
  readonly sender: boolean
  readonly text: string
  constructor(sender: boolean, subcode: string, detail = '') {
    super(subcode)
    this.sender = sender
    const inner = subcode === '' ? '' : `<e:Subcode><e:Value>a:${subcode}</e:Value></e:Subcode>`
    this.text =
      `<e:Fault><e:Code><e:Value>e:${sender ? 'Sender' : 'Receiver'}</e:Value>${inner}</e:Code>` +
      `<e:Reason><e:Text xml:lang="en">${WORDS}</e:Text></e:Reason>${detail && `<e:Detail>${detail}</e:Detail>`}</e:Fault>`
  }
}

const OPERATIONS: Record<string, (content: Read, response: ServerResponse, header: Read, notes: string[]) => void> = {
  GetTitle: ({ Id: id }, response, header) => {
    if (text(id) === 'gone') throw new Refusal(true, 'Gone')
    if (text(id) === 'broken') throw new Refusal(false, '', '<Trace xmlns="urn:x">at line 1</Trace>')
    if (text(id) !== '1')
      throw new Refusal(true, 'Unknown', `<a:UnknownScan since="7"><a:Id>${text(id)}</a:Id></a:UnknownScan>`)
    const session = text(header?.Session?.Token)
    answer(
      response,
      '<a:GetTitleResponse><a:Title>Über</a:Title></a:GetTitleResponse>',
      `<a:Calls>${session}</a:Calls>`,
    )
  },
  GetScan: (_, response) => {
    const include = '<x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:scan%2B1@archive"/>'
    const root = envelope(`<a:GetScanResponse><a:Data>${include}</a:Data></a:GetScanResponse>`)
    const head = (id: string, type: string) => `--=_b\r\nContent-ID: <${id}>\r\nContent-Type: ${type}\r\n\r\n`
    const info = 'application/xop+xml; charset=UTF-8; type="application/soap+xml"'
    response.writeHead(200, {
      'Content-Type': `multipart/related; type="application/xop+xml"; start="<root>"; start-info="application/soap+xml"; boundary="=_b"`,
    })
    response.end(
      Buffer.concat([
        Buffer.from(`${head('root', info)}${root}\r\n${head('scan+1@archive', 'image/png')}`),
        SCAN,
        Buffer.from('\r\n--=_b--\r\n'),
      ]),
    )
  },
  Note: ({ Text: note }, response, _, notes) => {
    if (text(note) === 'full') throw new Refusal(false, 'Full')
    notes.push(text(note))
    response.writeHead(202).end()
  },
}

function readEnvelope({ headers }: IncomingMessage, body: string) {
  const type = /^application\/soap\+xml; charset=utf-8; action="urn:example:archive#(\w+)"$/.exec(
    headers['content-type'] ?? '',
  )
  if (!type) throw new Refusal(true, 'MediaType')
  const prefix = (name: string) => name.replace(/^.*:/, '')
  const parser = new Parser({ explicitArray: false, tagNameProcessors: [prefix], attrNameProcessors: [prefix] })
  let envelope: Read
  parser.parseString(body, (_: unknown, { Envelope }: Read) => {
    envelope = Envelope
  })
  if (envelope.$.soap !== SOAP) throw new Refusal(true, 'VersionMismatch')
  const [operation = ''] = Object.keys(envelope.Body)
  if (operation !== type[1]) throw new Refusal(true, 'ActionMismatch')
  return { header: envelope.Header, operation, content: envelope.Body[operation] }
}

/** Web Services Security UsernameToken Profile 1.0, section 3.1; no nonce may be used twice. */
function checkToken(header: Read, nonces: Set<string>): void {
  const { UsernameToken: token, Timestamp: timestamp } = header?.Security ?? {}
  const nonce = text(token?.Nonce)
  const digest = createHash('sha1')
    .update(Buffer.from(nonce, 'base64'))
    .update(text(token?.Created) + USER.password)
    .digest('base64')
  const now = Date.now()
  const isFresh = Date.parse(timestamp?.Created) <= now && now < Date.parse(timestamp?.Expires)
  if (text(token?.Username) !== USER.name || text(token?.Password) !== digest || nonces.has(nonce) || !isFresh)
    throw new Refusal(true, 'FailedAuthentication')
  nonces.add(nonce)
}

function text(read: Read): string {
  return (typeof read === 'object' ? read._ : read) ?? ''
}

function envelope(body: string, header = ''): string {
  const head = header && `<e:Header>${header}</e:Header>`
  return `<?xml version="1.0"?><e:Envelope xmlns:e="${SOAP}" xmlns:a="${ARCHIVE}">${head}<e:Body>${body}</e:Body></e:Envelope>`
}

function answer(response: ServerResponse, body: string, header = '', status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/soap+xml; charset=utf-8' }).end(envelope(body, header))
}
