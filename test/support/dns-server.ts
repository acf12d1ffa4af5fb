import { createSocket } from 'node:dgram'
import { once } from 'node:events'

/** A service record (RFC 2782). */
export interface ServiceRecord {
  readonly priority: number
  readonly weight: number
  readonly port: number
  readonly target: string
}

/** What the server says of one name; what is not there is an empty answer. */
export interface NameRecords {
  readonly a?: readonly string[]
  readonly aaaa?: readonly string[]
  readonly srv?: readonly ServiceRecord[]
}

/** Instead of records: the server fails, or says nothing at all. */
export type Misbehaviour = 'servfail' | 'silence'

/** A DNS server of our own on loopback, authoritative for the names it is told. */
export interface DnsServer {
  /** `127.0.0.1:port`, as a resolver takes it. */
  readonly address: string
  /** What was asked, in order: `A shop.test`. */
  readonly queries: readonly string[]
  /** What a name has from now on; undefined: there is no such name. */
  set(name: string, records: NameRecords | Misbehaviour | undefined): void
  close(): Promise<void>
}

const TYPES: Readonly<Record<number, 'A' | 'AAAA' | 'SRV'>> = { 1: 'A', 28: 'AAAA', 33: 'SRV' }
const SERVFAIL = 2
const NXDOMAIN = 3
/** Response, authoritative; the header has 12 bytes (RFC 1035, section 4.1.1). */
const FLAGS = 0x8400
const HEADER = 12
/** Long, so that a resolver that kept answers would be noticed. Seconds. */
const TTL = 300

/** Starts a server on a free UDP port of loopback. */
export async function startDns(known: Readonly<Record<string, NameRecords | Misbehaviour>> = {}): Promise<DnsServer> {
  const names = new Map(Object.entries(known))
  const queries: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (query, { port, address }) => {
    const { name, end } = nameAt(query, HEADER)
    const type = query.readUInt16BE(end)
    queries.push(`${TYPES[type] ?? type} ${name}`)
    const records = names.get(name)
    if (records === 'silence') return
    const code = records === undefined ? NXDOMAIN : records === 'servfail' ? SERVFAIL : 0
    const answers = typeof records === 'object' ? answersOf(records, type) : []
    const header = Buffer.from(query.subarray(0, HEADER))
    header.writeUInt16BE(FLAGS | (query.readUInt16BE(2) & 0x0100) | code, 2)
    header.writeUInt16BE(answers.length, 6)
    // Neither authorities nor additional records, not even where the query has one (EDNS).
    header.writeUInt32BE(0, 8)
    socket.send(Buffer.concat([header, query.subarray(HEADER, end + 4), ...answers]), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    address: `127.0.0.1:${socket.address().port}`,
    queries,
    set: (name, records) => void (records === undefined ? names.delete(name) : names.set(name, records)),
    close: async () => {
      socket.close()
      await once(socket, 'close')
    },
  }
}

/** The name at a place of a query, in lower case, and where it ends. */
function nameAt(query: Buffer, at: number): { name: string; end: number } {
  const labels: string[] = []
  let end = at
  for (let length = query[end] as number; length > 0; length = query[end] as number) {
    labels.push(query.toString('latin1', end + 1, end + 1 + length).toLowerCase())
    end += 1 + length
  }
  return { name: labels.join('.'), end: end + 1 }
}

function answersOf({ a = [], aaaa = [], srv = [] }: NameRecords, type: number): Buffer[] {
  if (type === 1) return a.map((address) => record(type, Buffer.from(address.split('.').map(Number))))
  if (type === 28) return aaaa.map((address) => record(type, ipv6(address)))
  if (type !== 33) return []
  return srv.map(({ priority, weight, port, target }) => {
    const numbers = Buffer.alloc(6)
    numbers.writeUInt16BE(priority, 0)
    numbers.writeUInt16BE(weight, 2)
    numbers.writeUInt16BE(port, 4)
    return record(type, Buffer.concat([numbers, encodedName(target)]))
  })
}

/** A record of the name that was asked for, which the answer points back to (RFC 1035, section 4.1.4). */
function record(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(HEADER)
  head.writeUInt16BE(0xc000 | HEADER, 0)
  head.writeUInt16BE(type, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt32BE(TTL, 6)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}

function encodedName(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '')
  return Buffer.concat([...labels.map((label) => Buffer.from([label.length, ...Buffer.from(label)])), Buffer.of(0)])
}

/** The sixteen bytes of an address, with or without `::`. */
function ipv6(address: string): Buffer {
  const [front = '', back] = address.split('::')
  const groups = (text: string | undefined) => (text ? text.split(':').map((group) => Number.parseInt(group, 16)) : [])
  const [before, after] = [groups(front), groups(back)]
  const between = back === undefined ? 0 : 8 - before.length - after.length
  const bytes = Buffer.alloc(16)
  for (const [at, group] of [...before, ...Array<number>(between).fill(0), ...after].entries())
    bytes.writeUInt16BE(group, 2 * at)
  return bytes
}
