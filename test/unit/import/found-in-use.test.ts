// What real descriptions have, and what came of it before it was looked at.
import { afterAll, expect, test } from '@jest/globals'
import { describedService, importMembers, importText, removeWritten } from '../../import/described.ts'

afterAll(removeWritten)

const element = (attributes: string) =>
  `<xs:sequence><xs:element name="a" type="xs:string" ${attributes}/></xs:sequence>`
const service = describedService('<xs:element name="Do" type="xs:string"/>')

test.each(['2147483647', '4294967295', '99999999999999999999'])(
  'maxOccurs="%s" means that there is no bound',
  async (many) => {
    expect((await importMembers(element(`maxOccurs="${many}"`))).text).toContain('a: z.array(z.string()).min(1),')
    expect((await importMembers(element('maxOccurs="100000"'))).text).toContain('.max(100000)')
  },
)

test.each(['constructor', 'toString', 'valueOf', 'hasOwnProperty'])(
  'an element %s gets a key that no object has',
  async (name) => {
    const { text } = await importMembers(
      `<xs:sequence><xs:element name="${name}" type="xs:string" minOccurs="0"/></xs:sequence>`,
    )
    expect(text).toContain(`${name}Element: xml.element(z.string(), { name: '${name}' }).optional()`)
  },
)

test('an action that no header can carry is written with its characters escaped, and said', async () => {
  const { text, notes } = await importText(service.replace('soapAction="do"', 'soapAction="urn:löschen %20"'))
  expect(text).toContain("action: 'urn:l%C3%B6schen%20%20'")
  expect(notes.join('\n')).toContain("its soapAction 'urn:löschen %20' has characters that no header can carry")
  expect((await importText(service.replace('soapAction="do"', 'soapAction="Do It"'))).text).toContain("action: 'Do It'")
})

test('the name of the answer’s element is written, so that no other is taken for it', async () => {
  expect((await importText(service)).text).toContain("answer: { name: 'Done' }")
})

test('an operation of rpc style among others says what to do', async () => {
  const other = service
    .replace(
      '<d:output message="t:Out"/></d:operation></d:portType>',
      '<d:output message="t:Out"/></d:operation><d:operation name="Rpc"><d:input message="t:None"/></d:operation></d:portType>',
    )
    .replace('<d:portType', '<d:message name="None"/><d:portType')
    .replace(
      '</d:binding>',
      '<d:operation name="Rpc"><s:operation style="rpc"/><d:input><s:body use="literal"/></d:input></d:operation></d:binding>',
    )
  expect((await importText(other)).notes.join('\n')).toContain(
    "operation Rpc: rpc among others that are not: for `style: 'rpc'`",
  )
})

test('types too deep within each other for the compiler are said', async () => {
  const chain = (levels: number) =>
    Array.from({ length: levels }, (_, at) => {
      const inner = at + 1 < levels ? `t:T${at + 1}` : 'xs:string'
      return `<xs:complexType name="T${at}"><xs:sequence><xs:element name="n" type="${inner}"/></xs:sequence></xs:complexType>`
    }).join('')
  const deep = (levels: number) => importText(describedService(`<xs:element name="Do" type="t:T0"/>${chain(levels)}`))
  expect((await deep(10)).notes).toEqual([])
  expect((await deep(20)).notes.join('\n')).toMatch(/its types are \d+ deep within each other/)
})
