import { afterEach, describe, expect, test } from '@jest/globals'
import { type Call, endpoint } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { find } from './golden/customers.ts'
import { entries } from './golden/ledger.ts'
import { getOrder, placeOrder } from './golden/orders.ts'
import { levelOf } from './golden/stock.ts'
import { type OpenInput, open, ping } from './golden/tickets.ts'
import { check, search } from './golden/vehicles.ts'

// What the importer wrote, as it is, against services that send what their descriptions say.

const ENVELOPES = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
}
const running: (Harness | ScriptedBackend)[] = []
afterEach(async () => {
  for (const each of running.splice(0)) await each.close()
})

interface Exchange {
  readonly status: number
  /** The answer, as a client gets it. */
  readonly got: unknown
  /** What the service was sent, without white space between elements. */
  readonly sent: string
  readonly headers: Readonly<Record<string, unknown>>
}

async function exchange<I>(
  call: Call<I, unknown>,
  input: I,
  answer: { body: string; header?: string; version?: '1.1' | '1.2'; status?: number },
): Promise<Exchange> {
  const { body, header = '', version = '1.1', status = 200 } = answer
  const envelope = `<e:Envelope xmlns:e="${ENVELOPES[version]}"><e:Header>${header}</e:Header><e:Body>${body}</e:Body></e:Envelope>`
  const type = version === '1.1' ? 'text/xml' : 'application/soap+xml'
  const service = await scriptedBackend({ 'POST /': { status, headers: { 'content-type': type }, body: envelope } })
  running.push(service)
  const route = endpoint('GET /it').source('it', call, () => input)
  const names = 'ORDERS CUSTOMER VEHICLES STOCK LEDGER TICKETS'.split(' ')
  const environment = Object.fromEntries(names.map((name) => [`${name}_URL`, `${service.url}/`]))
  const facet = await harness({ routes: { route }, environment })
  running.push(facet)
  const reply = await facet.get('/it')
  const [request] = service.requests
  const got = reply.text === '' ? undefined : reply.json()
  return { status: reply.status, got: got.it ?? got, sent: request?.body ?? '', headers: request?.headers ?? {} }
}

describe('document/literal, wrapped', () => {
  test('sends the declared elements and reads attributes, defaults, lists and leading zeros', async () => {
    const line = '<line><weight>1.234</weight><sku>007</sku><quantity>2</quantity></line>'
    const { got, sent, headers } = await exchange(
      getOrder,
      { id: 9007199254740993n },
      {
        body: `<getOrderResponse xmlns="urn:example:orders"><return state="on its way" schema="v1"><id>9007199254740993</id>
        <customer>000042</customer><placed>2024-01-02T03:04:05</placed>
        <due xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>${line}
        <delivery-note>ring twice</delivery-note><total currency="EUR">12.50</total></return></getOrderResponse>`,
      },
    )
    expect(headers.soapaction).toBe('"urn:example:orders/getOrder"')
    expect(sent).toContain(
      '<soap:Body><getOrder xmlns="urn:example:orders"><id>9007199254740993</id></getOrder></soap:Body>',
    )
    expect(got).toEqual({
      return: {
        ...{ state: 'on its way', version: 1, schema: 'v1', id: '9007199254740993', customer: '000042' },
        ...{ placed: '2024-01-02T03:04:05', due: null, line: [{ sku: '007', quantity: '2', weight: 1.234 }] },
        ...{ remark: [], 'delivery-note': 'ring twice', total: { currency: 'EUR', value: 12.5 } },
      },
    })
  })

  test('writes in the order of the schema, whatever that of the input', async () => {
    const input = { gift: true, line: [{ quantity: 1n, sku: 'A' }], customer: '000042' }
    const { sent, got } = await exchange(placeOrder, input, {
      body: '<placeOrderResponse xmlns="urn:example:orders"><id>7</id></placeOrderResponse>',
    })
    expect(sent).toContain(
      '<customer>000042</customer><line><sku>A</sku><quantity>1</quantity></line><gift>true</gift></placeOrder>',
    )
    expect(got).toEqual({ id: '7' })
  })

  test('a fault that is declared is a fault', async () => {
    const fault =
      '<e:Fault><faultcode>e:Server</faultcode><faultstring>gone</faultstring><detail><OrderUnknown xmlns="urn:example:orders"><id>1</id></OrderUnknown></detail></e:Fault>'
    const { got } = await exchange(getOrder, { id: 1n }, { status: 500, body: fault })
    expect(got).toMatchObject({ code: 'backend-fault' })
  })

  test('an answer that is not what is described is refused', async () => {
    const { got } = await exchange(
      placeOrder,
      { customer: '000042', line: [{ sku: 'A', quantity: 1n }] },
      {
        body: '<placeOrderResponse xmlns="urn:example:orders"><id>seven</id></placeOrderResponse>',
      },
    )
    expect(got).toMatchObject({ code: 'backend-shape' })
  })

  test('a request that is not what is described is not sent', async () => {
    const { sent, status } = await exchange(
      placeOrder,
      { customer: '42', line: [{ sku: 'A', quantity: 1n }] },
      { body: '' },
    )
    expect([sent, status]).toEqual(['', 500])
  })
})

test('several namespaces: each element in its own', async () => {
  const party = '<Name>Ann</Name><Key>00000000-0000-4000-8000-000000000000</Key><Segment>Private</Segment>'
  const home = '<Home><Street>S</Street><City>C</City></Home>'
  const post = '<Post xmlns:p="http://example.org/post" p:Country="NL"><p:Box>12</p:Box><Zip>0815</Zip></Post>'
  const nil = '<Customer xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>'
  const inner = `<Subsidiaries><Customer Id="2">${party}${home}</Customer>${nil}</Subsidiaries>`
  const { sent, got } = await exchange(
    find,
    { query: { Segment: 'Private', Text: 'A&B' }, page: 1 },
    {
      body: `<c:FindResponse xmlns:c="http://example.org/customers/"><c:FindResult><Customer Id="1">${party}${home}${post}${inner}</Customer></c:FindResult></c:FindResponse>`,
    },
  )
  expect(sent).toContain(
    '<Find xmlns="http://example.org/customers/"><query><Text xmlns="">A&amp;B</Text><Segment xmlns="">Private</Segment></query><page>1</page></Find>',
  )
  const ann = {
    Name: 'Ann',
    Key: '00000000-0000-4000-8000-000000000000',
    Segment: 'Private',
    Home: { Street: 'S', City: 'C' },
  }
  const subsidiaries = { Customer: [{ Id: 2, ...ann }, null] }
  expect(got).toEqual({
    FindResult: {
      Customer: [{ Id: 1, ...ann, Post: { Country: 'NL', Box: '12', Zip: '0815' }, Subsidiaries: subsidiaries }],
    },
  })
})

describe('document/literal, bare', () => {
  test('choices, substitutions and text with elements in it, in the order of the document', async () => {
    const parts =
      '<v:Wheel><Number>1</Number><Inches>17</Inches></v:Wheel><v:Engine><Number>2</Number><Power>90</Power></v:Engine>'
    const note = '<Note xml:lang="en">see <b>this</b> and <note xml:lang="de">das</note></Note>'
    const account = '<Credit>2</Credit><Debit>1.5</Debit><Credit>3</Credit>'
    const days = '<Day>2024-01-01</Day><Mileage>10</Mileage><Day>2024-01-02</Day><Mileage>20</Mileage>'
    const rest = `${account}${days}<Photo>AQI=</Photo><Extra><a>1</a></Extra><Main><v:SpareWheel><Number>9</Number><Inches>16</Inches></v:SpareWheel></Main>`
    const { sent, got } = await exchange(
      search,
      { Country: 'NL', Plate: 'AB-1', Owner: [], page: 2 },
      {
        body: `<v:Found xmlns:v="urn:example:vehicles"><Vehicle Note="attribute">${parts}${note}${rest}</Vehicle><Owner><Since>1999</Since><Name>Ann</Name></Owner><other xmlns="urn:other"/></v:Found>`,
      },
    )
    expect(sent).toMatch(
      /<Search xmlns="urn:example:vehicles" page="2"><Country xmlns="">NL<\/Country><Plate>AB-1<\/Plate><\/Search>/,
    )
    const wheel = (number: string, inches: number) => ({ Number: number, Inches: inches })
    expect(got).toEqual({
      Vehicle: [
        {
          NoteAttribute: 'attribute',
          choice: [
            { name: 'Wheel', value: wheel('1', 17) },
            { name: 'Engine', value: { Number: '2', Power: 90 } },
          ],
          Note: {
            lang: 'en',
            content: [
              'see ',
              { name: 'b', value: 'this' },
              ' and ',
              { name: 'note', value: { lang: 'de', content: ['das'] } },
            ],
          },
          choice2: [
            { name: 'Credit', value: 2 },
            { name: 'Debit', value: 1.5 },
            { name: 'Credit', value: 3 },
          ],
          choice3: [
            { name: 'Day', value: '2024-01-01' },
            { name: 'Mileage', value: 10 },
            { name: 'Day', value: '2024-01-02' },
            { name: 'Mileage', value: 20 },
          ],
          Photo: ['AQI='],
          Extra: { a: '1' },
          Main: { SpareWheel: wheel('9', 16) },
        },
      ],
      Owner: { Since: '1999', Name: 'Ann' },
    })
  })

  test('a request that is plain text, and an answer that is whatever it is', async () => {
    const { sent, got } = await exchange(check, 'AB-1', {
      body: '<v:Report xmlns:v="urn:example:vehicles"><any xmlns="urn:other"><thing>1</thing></any></v:Report>',
    })
    expect(sent).toContain('<Plate xmlns="urn:example:vehicles">AB-1</Plate>')
    expect(got).toEqual({ any: { thing: '1' } })
  })
})

test('rpc/literal: parts without a namespace, in elements of the binding’s', async () => {
  const place = '<t:place><t:hall>-3</t:hall><t:shelf>B</t:shelf></t:place>'
  const { sent, got } = await exchange(
    levelOf,
    { sku: 'A', near: { hall: 1, shelf: 'A' } },
    {
      body: `<m:levelOfResponse xmlns:m="urn:example:stock:answers" xmlns:t="urn:example:stock:types"><result><t:sku>A</t:sku><t:count>5</t:count>${place}</result></m:levelOfResponse>`,
    },
  )
  expect(sent).toContain(
    '<levelOf xmlns="urn:example:stock"><sku xmlns="">A</sku><near xmlns=""><hall xmlns="urn:example:stock:types">1</hall><shelf xmlns="urn:example:stock:types">A</shelf></near></levelOf>',
  )
  expect(got).toEqual({ result: { sku: 'A', count: 5, place: [{ hall: -3, shelf: 'B' }] } })
})

test('rpc/encoded: arrays, and values that stand elsewhere', async () => {
  const { got } = await exchange(
    entries,
    { account: '1', options: {} },
    {
      body: `<m:entriesResponse xmlns:m="urn:example:ledger" e:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><entriesReturn><item href="#a"/></entriesReturn></m:entriesResponse>
      <multiRef id="a"><amount>1.5</amount><text>x</text><tags><tag>t</tag></tags><parts/></multiRef>`,
    },
  )
  expect(got).toEqual({ entriesReturn: [{ amount: 1.5, text: 'x', tags: ['t'], parts: [] }] })
})

describe('SOAP 1.2', () => {
  const simple = '<Priority>3</Priority><Labels>a b</Labels><Pair>1 2.5</Pair><Size>12px</Size><Score>-1.25</Score>'
  const numbers =
    '<Percent>99</Percent><Big>123456789012345678901</Big><Bounded>1</Bounded><Code>xyz</Code><Odd>o</Odd>'
  const hash = '00112233445566778899aabbccddeeff'
  const times = `<Hash>${hash}</Hash><Took>PT1S</Took><After>2024-01-01</After><Always>yes</Always><Usually>u</Usually><Date>2024-01-01T00:00:00Z</Date>`
  const people =
    '<Author id="1"><Name>Ann</Name></Author><Tree><Label>root</Label><Tree><Label>leaf</Label></Tree></Tree>'
  const xml = (id: string, more = '') => `<Id>${id}</Id>${simple}${numbers}${times}${people}${more}`
  const value = (Id: string) => ({
    ...{ Id, Priority: 3, Labels: ['a', 'b'], Pair: [1, 2.5], Size: '12px', Score: -1.25, Percent: 99 },
    ...{
      Big: 123456789012345678901n,
      Bounded: 1n,
      Code: 'xyz',
      Odd: 'o',
      Hash: hash,
      Took: 'PT1S',
      After: '2024-01-01',
    },
    ...{ Always: 'yes' as const, Usually: 'u', Date: '2024-01-01T00:00:00Z', Author: { id: '1', Name: 'Ann' } },
    Tree: { Label: 'root', Tree: [{ Label: 'leaf', Tree: [] }] },
  })
  const ticket: OpenInput['body']['Ticket'] = { ...value('12345678'), Priority: 3, choice: [] }
  const input: OpenInput = { header: { Session: { Token: 'T' }, Locale: 'nl' }, body: { Ticket: ticket } }
  const json = (id: string) => ({ ...value(id), Big: '123456789012345678901', Bounded: '1' })

  test('headers both ways, and types within themselves', async () => {
    const nil = '<Ticket xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>'
    const answers = `<Answers><Ticket>${xml('answer01')}</Ticket>${nil}</Answers>`
    const merged = `<Merged>${xml('merged01')}</Merged><Link>http://x</Link>`
    const { sent, got, headers } = await exchange(open, input, {
      version: '1.2',
      header: '<c:Session xmlns:c="urn:example:common"><c:Token>U</c:Token></c:Session>',
      body: `<Opened xmlns="urn:example:tickets"><Ticket flags="a b">${xml('12345678', answers + merged)}</Ticket></Opened>`,
    })
    expect(headers['content-type']).toContain('action="urn:example:tickets:open"')
    expect(sent).toContain(
      '<soap:Header><Session xmlns="urn:example:common"><Token>T</Token></Session><Locale xmlns="urn:example:tickets">nl</Locale></soap:Header>',
    )
    expect(sent).toContain(`<Open xmlns="urn:example:tickets"><Ticket>${xml('12345678')}</Ticket></Open>`)
    expect(got).toEqual({
      header: { Session: { Token: 'U' } },
      body: {
        Ticket: {
          ...{
            flags: ['a', 'b'],
            ...json('12345678'),
            Answers: { Ticket: [{ ...json('answer01'), choice: [] }, null] },
          },
          choice: [
            { name: 'Merged', value: { ...json('merged01'), choice: [] } },
            { name: 'Link', value: 'http://x' },
          ],
        },
      },
    })
  })

  test('a one-way operation', async () => {
    const { sent, status } = await exchange(ping, 'hello', { version: '1.2', status: 202, body: '' })
    expect(sent).toContain('<Ping xmlns="urn:example:tickets">hello</Ping>')
    expect(status).toBe(200)
  })
})
