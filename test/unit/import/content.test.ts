import { afterAll, describe, expect, test } from '@jest/globals'
import { constantIn, importMembers, importRequest, removeWritten } from '../../import/described.ts'

afterAll(removeWritten)

const a = (occurs = '') => `<xs:element name="a" type="xs:string" ${occurs}/>`
const b = (occurs = '') => `<xs:element name="b" type="xs:string" ${occurs}/>`
const sequence = (inside: string, occurs = '') => `<xs:sequence ${occurs}>${inside}</xs:sequence>`
const choice = (inside: string, occurs = '') => `<xs:choice ${occurs}>${inside}</xs:choice>`

describe('how often', () => {
  test.each([
    ['', 'a: z.string(),'],
    ['minOccurs="0"', 'a: z.string().optional(),'],
    ['maxOccurs="unbounded"', 'a: z.array(z.string()).min(1),'],
    ['minOccurs="0" maxOccurs="unbounded"', 'a: z.array(z.string()),'],
    ['minOccurs="2" maxOccurs="5"', 'a: z.array(z.string()).min(2).max(5),'],
    ['nillable="true"', 'a: z.string().nullable(),'],
    ['nillable="1" minOccurs="0"', 'a: z.string().nullable().optional(),'],
    ['nillable="true" minOccurs="0" maxOccurs="2"', 'a: z.string().nullable().array().max(2),'],
  ])('%s', async (occurs, member) => {
    expect((await importMembers(sequence(a(occurs)))).members).toEqual([member])
  })

  test('never is not there', async () => {
    expect((await importMembers(sequence(a('minOccurs="0" maxOccurs="0"') + b()))).members).toEqual(['b: z.string(),'])
  })

  test.each([
    [sequence(a(), 'maxOccurs="unbounded"'), 'a: z.array(z.string()).min(1),'],
    [
      sequence(a('minOccurs="2" maxOccurs="3"'), 'minOccurs="2" maxOccurs="4"'),
      'a: z.array(z.string()).min(4).max(12),',
    ],
    [choice(a() + a(), 'minOccurs="0" maxOccurs="unbounded"'), 'a: z.array(z.string()),'],
    [sequence(sequence(a() + sequence('')), 'minOccurs="0"'), 'a: z.string().optional(),'],
  ])('a group of one element: %s', async (content, member) => {
    expect((await importMembers(content)).members).toEqual([member])
  })
})

describe('groups', () => {
  test.each([
    [choice(a() + b()), ['// exactly one of a, b', 'a: z.string().optional(),', 'b: z.string().optional(),']],
    [
      choice(a() + b('minOccurs="0"')),
      ['// at most one of a, b', 'a: z.string().optional(),', 'b: z.string().optional(),'],
    ],
    [
      choice(a('maxOccurs="3"') + sequence(`${b()}<xs:element name="c" type="xs:int"/>`)),
      [
        '// exactly one of a, (b, c)',
        'a: z.array(z.string()).max(3),',
        'b: z.string().optional(),',
        'c: z.int32().optional(),',
      ],
    ],
    [choice(a()), ['a: z.string(),']],
    [choice(a() + sequence('')), ['a: z.string().optional(),']],
    [
      choice(a() + sequence(a() + b())),
      ['// exactly one of a, (a, b)', 'a: z.string().optional(),', 'b: z.string().optional(),'],
    ],
    [
      sequence(a() + sequence(`${b()}<xs:element name="c" type="xs:int"/>`, 'minOccurs="0"')),
      ['a: z.string(),', '// all or none of b, c', 'b: z.string().optional(),', 'c: z.int32().optional(),'],
    ],
    [`<xs:all>${a()}${b('minOccurs="0"')}</xs:all>`, ['a: z.string(),', 'b: z.string().optional(),']],
    [
      choice(a() + b(), 'minOccurs="0" maxOccurs="unbounded"'),
      ['// any number of a, b, in any order', 'choice: xml.choice({', '  a: z.string(),', '  b: z.string(),', '}),'],
    ],
    [
      sequence(a() + b('minOccurs="0"'), 'maxOccurs="unbounded"'),
      [
        '// 1 or more times, in this order: a, b',
        'choice: xml.choice({',
        '  a: z.string(),',
        '  b: z.string(),',
        '}),',
      ],
    ],
  ])('%s', async (content, members) => {
    expect(await importMembers(content)).toMatchObject({ members, notes: [] })
  })

  test('named groups, within each other too', async () => {
    const groups = `<xs:group name="G"><xs:sequence>${a()}<xs:group ref="t:H" minOccurs="0"/></xs:sequence></xs:group><xs:group name="H"><xs:choice>${b()}</xs:choice></xs:group>`
    const { members } = await importMembers('<xs:group ref="t:G"/>', groups)
    expect(members).toEqual(['a: z.string(),', 'b: z.string().optional(),'])
  })

  test('an element in two places of a sequence is one list, and that is said', async () => {
    const { members, notes } = await importMembers(sequence(a() + b() + a()))
    const what = 'a stands in several places: its order among the others is lost'
    expect(members).toEqual([`// ${what}`, 'a: z.array(z.string()).min(2).max(2),', 'b: z.string(),'])
    expect(notes).toEqual([`element Do: ${what}`])
  })

  test('an element in a choice that repeats and beside it: one list of all, and that is said', async () => {
    const { members, notes } = await importMembers(
      sequence(
        a() + choice(a() + b(), 'maxOccurs="unbounded"') + sequence(`${b()}<xs:element name="c" type="xs:int"/>`),
      ),
    )
    const what = 'a, b: some of them stand in several places, so all are in one list, in any order'
    expect(members).toEqual([
      ...['// 1 or more of a, b, in any order', `// ${what}`],
      ...['choice: xml.choice({', '  a: z.string(),', '  b: z.string(),', '}),', 'c: z.int32(),'],
    ])
    expect(notes).toEqual([`element Do: ${what}`])
  })

  test('alternatives with lists of choices of their own keep them apart, unless they share elements', async () => {
    const many = 'maxOccurs="unbounded"'
    const c = '<xs:element name="c" type="xs:int"/>'
    const d = '<xs:element name="d" type="xs:int"/>'
    const apart = await importMembers(choice(choice(a() + b(), many) + choice(c + d, many)))
    expect(apart.members.filter((member) => /^choice/.test(member))).toEqual([
      'choice: xml.choice({',
      'choice2: xml.choice({',
    ])
    const shared = await importMembers(choice(choice(a() + b(), many) + choice(b() + c, many)))
    expect(shared.members.filter((member) => !member.startsWith('//'))).toEqual([
      ...['choice: xml.choice({', '  a: z.string(),', '  b: z.string(),', '  c: z.int32(),', '}),'],
    ])
    expect(shared.notes).toEqual([])
  })

  test('a group that leads back to itself by way of a type is no circle', async () => {
    const group = `<xs:group name="G"><xs:sequence><xs:element name="inner" type="t:T" minOccurs="0"/></xs:sequence></xs:group>`
    const type = '<xs:complexType name="T"><xs:group ref="t:G"/></xs:complexType>'
    const { members, notes, text } = await importMembers('<xs:group ref="t:G"/>', group + type)
    expect([members, notes]).toEqual([['inner: T.optional(),'], []])
    expect(constantIn(text, 'T')).toContain('get inner() {\n    return T.optional()\n  }')
  })

  test('a group that is in itself without a type of its own is said to be', async () => {
    const group = `<xs:group name="G"><xs:sequence><xs:element name="inner" minOccurs="0"><xs:complexType><xs:group ref="t:G"/></xs:complexType></xs:element></xs:sequence></xs:group>`
    const { notes } = await importMembers('<xs:group ref="t:G"/>', group)
    expect(notes).toEqual(['element Do, element inner: the group G within itself is not expressed'])
  })

  test('groups that refer to each other over and over end soon, in one line', async () => {
    const group = (at: number) =>
      `<xs:group name="G${at}"><xs:sequence><xs:group ref="t:G${at + 1}"/><xs:group ref="t:G${at + 1}"/></xs:sequence></xs:group>`
    const groups = `${Array.from({ length: 40 }, (_, at) => group(at)).join('')}<xs:group name="G40"><xs:sequence>${a()}</xs:sequence></xs:group>`
    await expect(importMembers('<xs:group ref="t:G0"/>', groups)).rejects.toThrow('more elements in its types')
  })
})

describe('wildcards', () => {
  test('beside elements: neither read nor written, and that is said', async () => {
    const { members, notes } = await importMembers(
      `${sequence(`${a()}<xs:any namespace="##other"/>`)}<xs:anyAttribute/>`,
    )
    const said = [
      'any further attributes: neither read nor written',
      'any further elements (##other): neither read nor written',
    ]
    expect(members).toEqual(['a: z.string(),', ...said.map((what) => `// ${what}`)])
    expect(notes).toEqual(said.map((what) => `element Do: ${what}`))
  })

  test('alone: whatever is there', async () => {
    const holder =
      '<xs:element name="x"><xs:complexType><xs:sequence><xs:any/></xs:sequence></xs:complexType></xs:element>'
    expect(
      await importMembers(sequence(`${holder}<xs:element name="y"/><xs:element name="z" type="xs:anyType"/>`)),
    ).toMatchObject({
      members: ['x: xml.any(),', 'y: xml.any(),', 'z: xml.any(),'],
      notes: [],
    })
  })
})

describe('attributes', () => {
  test.each([
    ['name="x" type="xs:int"', 'x: xml.attr(z.int32()).optional(),'],
    ['name="x" type="xs:int" use="required"', 'x: xml.attr(z.int32()),'],
    ['name="x" type="xs:int" default="07"', 'x: xml.attr(z.int32()).default(7),'],
    ['name="x" type="xs:long" default="7"', 'x: xml.attr(z.int64()).default(7n),'],
    ['name="x" type="xs:boolean" default="1"', 'x: xml.attr(z.boolean()).default(true),'],
    ['name="x" type="xs:NMTOKENS" default="a  b"', "x: xml.attr(xml.list(z.array(z.string()))).default(['a', 'b']),"],
    ['name="x" type="xs:string" fixed="v"', "x: xml.attr(z.literal('v')).default('v'),"],
    ['name="x" type="xs:decimal" fixed="1.50" use="required"', 'x: xml.attr(z.literal(1.5)),'],
    ['name="x"', 'x: xml.attr(z.string()).optional(),'],
    ['name="x" form="qualified"', "x: xml.attr(z.string(), { ns: 'urn:test' }).optional(),"],
    ['name="x-y"', "'x-y': xml.attr(z.string()).optional(),"],
    ['ref="t:g" use="required"', "g: xml.attr(z.int32(), { ns: 'urn:test' }),"],
    ['ref="xml:lang"', "lang: xml.attr(z.string(), { ns: 'http://www.w3.org/XML/1998/namespace' }).optional(),"],
  ])('%s is %s', async (written, member) => {
    const declared = '<xs:attribute name="g" type="xs:int"/>'
    expect(await importMembers(`<xs:attribute ${written}/>`, declared)).toMatchObject({ members: [member], notes: [] })
  })

  test('a default of a union is one of what it unites', async () => {
    const union = (members: string) => `<xs:simpleType name="U"><xs:union memberTypes="${members}"/></xs:simpleType>`
    const attribute = '<xs:attribute name="x" type="t:U" default="5"/>'
    for (const [members, fallback] of [
      ['xs:int xs:string', '5'],
      ['xs:boolean xs:string', "'5'"],
      ['xs:int xs:NMTOKENS', "'5'"],
    ])
      expect((await importMembers(attribute, union(members as string))).members).toEqual([
        `x: xml.attr(U).default(${fallback}),`,
      ])
  })

  test('a default that does not fit is not taken for one', async () => {
    const { members, notes } = await importMembers('<xs:attribute name="x" type="xs:int" default="many"/>')
    expect(members).toEqual(["// not expressed: the default 'many'", 'x: xml.attr(z.int32()).optional(),'])
    expect(notes).toEqual(["element Do, attribute x: not expressed: the default 'many'"])
  })

  test('an attribute, an element and text of one name each have a property', async () => {
    const both = `${sequence(a())}<xs:attribute name="a"/><xs:attribute name="aAttribute"/>`
    expect((await importMembers(both)).members).toEqual([
      "aAttribute: xml.attr(z.string(), { name: 'a' }).optional(),",
      "aAttributeAttribute: xml.attr(z.string(), { name: 'aAttribute' }).optional(),",
      'a: z.string(),',
    ])
    const text =
      '<xs:simpleContent><xs:extension base="xs:int"><xs:attribute name="value"/></xs:extension></xs:simpleContent>'
    expect((await importMembers(text)).members).toEqual([
      'value: xml.attr(z.string()).optional(),',
      'text: xml.text(z.int32()),',
    ])
  })

  test('names that JavaScript keeps for itself are only names', async () => {
    const content = sequence(
      '<xs:element name="__proto__" type="xs:string"/><xs:element name="constructor" type="xs:string"/>',
    )
    expect((await importMembers(content)).members).toEqual([
      "proto: xml.element(z.string(), { name: '__proto__' }),",
      "constructorElement: xml.element(z.string(), { name: 'constructor' }),",
    ])
  })
})

describe('derivation', () => {
  const base = `<xs:complexType name="B">${sequence(a())}<xs:attribute name="x"/></xs:complexType>`
  const derived = (step: string) => `<xs:complexContent>${step}</xs:complexContent>`

  test('an extension has what it extends first', async () => {
    const { members } = await importMembers(
      derived(`<xs:extension base="t:B">${sequence(b())}<xs:attribute name="y"/></xs:extension>`),
      base,
    )
    expect(members).toEqual([
      'x: xml.attr(z.string()).optional(),',
      'y: xml.attr(z.string()).optional(),',
      'a: z.string(),',
      'b: z.string(),',
    ])
  })

  test('a restriction has its own elements, and attributes that it does not prohibit', async () => {
    const step = `<xs:restriction base="t:B">${sequence(a('minOccurs="0"'))}<xs:attribute name="x" use="prohibited"/></xs:restriction>`
    expect((await importMembers(derived(step), base)).members).toEqual(['a: z.string().optional(),'])
  })

  test('text is restricted, with its attributes', async () => {
    const text =
      '<xs:complexType name="B"><xs:simpleContent><xs:extension base="xs:string"><xs:attribute name="x"/></xs:extension></xs:simpleContent></xs:complexType>'
    const step =
      '<xs:simpleContent><xs:restriction base="t:B"><xs:maxLength value="3"/><xs:attribute name="x" use="required"/></xs:restriction></xs:simpleContent>'
    expect((await importMembers(step, text)).members).toEqual([
      'x: xml.attr(z.string()),',
      'value: xml.text(z.string().max(3)),',
    ])
  })

  test('types that lead back to themselves are a mistake in one line', async () => {
    const type = (name: string, of: string) =>
      `<xs:complexType name="${name}"><xs:complexContent><xs:extension base="t:${of}"/></xs:complexContent></xs:complexType>`
    const content = sequence('<xs:element name="a" type="t:A"/>')
    await expect(importMembers(content, type('A', 'B') + type('B', 'A'))).rejects.toThrow(
      /^type \w leads back to itself$/,
    )
  })

  test('types that may be sent in place of a type are named', async () => {
    const heir = `<xs:complexType name="C">${derived(`<xs:extension base="t:B">${sequence(b())}</xs:extension>`)}</xs:complexType>`
    const { notes, text } = await importMembers(sequence('<xs:element name="v" type="t:B"/>'), base + heir)
    const what = 'may be sent as C (xsi:type), whose own elements are neither read nor written'
    expect(notes).toEqual([`type B: ${what}`])
    expect(text).toContain(`// ${what}\nconst B = z.object({`)
  })

  test('an abstract type has what the types in its place add', async () => {
    const abstract = base.replace('name="B"', 'name="B" abstract="true"')
    const heir = `<xs:complexType name="C">${derived(`<xs:extension base="t:B">${sequence(b())}</xs:extension>`)}</xs:complexType>`
    const { notes, text } = await importMembers(sequence('<xs:element name="v" type="t:B"/>'), abstract + heir)
    expect(notes).toEqual([expect.stringMatching(/^type B: abstract: always sent as C \(xsi:type\)/)])
    expect(constantIn(text, 'B')).toContain('  a: z.string(),\n  b: z.string().optional(),\n')
  })
})

describe('elements that others stand in for', () => {
  const heads =
    '<xs:element name="H" type="xs:string"/><xs:element name="M" type="xs:string" substitutionGroup="t:H"/><xs:element name="N" substitutionGroup="t:M"/>'

  test('once: exactly one of them', async () => {
    expect((await importMembers(sequence('<xs:element ref="t:H"/>'), heads)).members).toEqual([
      '// exactly one of H, M, N',
      'H: z.string().optional(),',
      'M: z.string().optional(),',
      'N: z.string().optional(),',
    ])
  })

  test('more than once, of an abstract one: a list of those that are not', async () => {
    const { members } = await importMembers(
      sequence('<xs:element ref="t:H" minOccurs="0" maxOccurs="unbounded"/>'),
      heads.replace('name="H"', 'name="H" abstract="true"'),
    )
    expect(members).toEqual([
      '// any number of M, N, in any order',
      'choice: xml.choice({',
      '  M: z.string(),',
      '  N: z.string(),',
      '}),',
    ])
  })

  test('an abstract one that nothing stands in for', async () => {
    const { members, notes } = await importMembers(
      sequence('<xs:element ref="t:H"/>'),
      '<xs:element name="H" abstract="true"/>',
    )
    expect(members).toEqual(['// H is abstract, and nothing stands in for it'])
    expect(notes).toEqual(['element Do: H is abstract, and nothing stands in for it'])
  })

  test('a circle of them is a mistake in one line', async () => {
    const circle = '<xs:element name="H" substitutionGroup="t:M"/><xs:element name="M" substitutionGroup="t:H"/>'
    await expect(importMembers(sequence('<xs:element ref="t:H"/>'), circle)).rejects.toThrow('stands in for itself')
  })
})

describe('what is said of an element', () => {
  test('a value that is always the same, and one that an empty element has', async () => {
    const { members, notes } = await importMembers(
      sequence('<xs:element name="f" type="xs:int" fixed="5"/><xs:element name="d" type="xs:int" default="6"/>'),
    )
    expect(members).toEqual(['f: z.literal(5),', "// not expressed: an empty element means '6'", 'd: z.int32(),'])
    expect(notes).toEqual(["element Do, element d: not expressed: an empty element means '6'"])
  })

  test('documentation, and keys that are not checked', async () => {
    const content = `<xs:element name="a" type="xs:string"><xs:annotation><xs:documentation>First.</xs:documentation><xs:documentation>Second
      <b>line</b>.</xs:documentation></xs:annotation><xs:unique name="U"><xs:selector xpath="x"/><xs:field xpath="y"/></xs:unique></xs:element>`
    const { members, notes } = await importMembers(sequence(content))
    expect(members).toEqual(['/** First. Second . line */', '// not checked: xs:unique U', 'a: z.string(),'])
    expect(notes).toEqual(['element Do, element a: not checked: xs:unique U'])
  })
})

describe('namespaces', () => {
  const schema = `<xs:element name="Do"><xs:complexType>${sequence('<xs:element name="v" type="t:V"/><xs:element name="w" type="xs:string" form="qualified"/>')}</xs:complexType></xs:element><xs:complexType name="V">${sequence(a())}</xs:complexType>`

  test('everything qualified: nothing is said', async () => {
    const { request } = await importRequest(schema)
    expect(request).toBe('z.object({\n  v: V,\n  w: z.string(),\n})')
  })

  test('elements without a namespace, and one with', async () => {
    const { request, text } = await importRequest(schema, { attributes: '' })
    expect(request).toBe(
      "xml.namespace(\n  '',\n  z.object({\n    v: V,\n    w: xml.element(z.string(), { ns: 'urn:test' }),\n  }),\n)",
    )
    // Only ever in an element without a namespace, it needs no word of its own.
    expect(constantIn(text, 'V')).toBe('z.object({\n  a: z.string(),\n})')
  })
})
