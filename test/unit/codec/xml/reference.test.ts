import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { z } from 'zod'
import { readDocument, vocabulary as xml, xmlDecoder } from '../../../../src/codec/xml/index.ts'
import type { Element } from '../../../../src/codec/xml/tree.ts'
import { isFacetError } from '../../../../src/errors.ts'

/** What a schema says, in the plainest words: what follows is how anybody would read a tree by it. */
interface Spec {
  readonly kind: 'string' | 'number' | 'object'
  readonly attributes?: readonly string[]
  readonly text?: string
  readonly elements?: readonly {
    key: string
    local: string
    ns?: string
    spec: Spec
    list?: boolean
    choice?: string
  }[]
}

class Refused extends Error {}

function valueIn(spec: Spec, element: Element): unknown {
  if (spec.kind !== 'object') {
    if (element.all().length > 0) throw new Refused()
    return spec.kind === 'number' && /^\s*[0-9]+\s*$/.test(element.text) ? Number(element.text) : element.text
  }
  const { attributes = [], elements = [], text } = spec
  const values: Record<string, unknown> = {}
  for (const name of attributes) {
    const value = element.attribute(name, '')
    if (value !== undefined) values[name] = value
  }
  for (const { key, list, choice } of elements) if (list || choice) values[key] = []
  for (const child of element.all()) {
    const named = elements.filter(({ local }) => local === child.local)
    const found =
      named.find(({ ns }) => ns === child.ns) ??
      named.find(({ ns }) => ns === undefined && (child.ns === element.ns || child.ns === ''))
    if (!found) continue
    const value = valueIn(found.spec, child)
    const { key } = found
    if (found.choice) (values[key] as unknown[]).push({ name: found.choice, value })
    else if (found.list) (values[key] as unknown[]).push(value)
    else if (Object.hasOwn(values, key)) throw new Refused()
    else values[key] = value
  }
  if (text) values[text] = element.text
  return values
}

const name: Spec = { kind: 'string' }
const count: Spec = { kind: 'number' }
const entry = z.object({
  id: xml.attr(z.string()).optional(),
  name: z.string().optional(),
  count: z.number().optional(),
  tag: z.array(z.string()),
  x: xml.element(z.string().optional(), { name: 'name', ns: 'urn:x' }),
})
const entrySpec: Spec = {
  kind: 'object',
  attributes: ['id'],
  elements: [
    { key: 'name', local: 'name', spec: name },
    { key: 'count', local: 'count', spec: count },
    { key: 'tag', local: 'tag', spec: name, list: true },
    { key: 'x', local: 'name', ns: 'urn:x', spec: name },
  ],
}
const schema = z.object({
  entry: z.array(entry),
  one: z.object({ text: xml.text(z.string()), tag: z.array(entry) }).optional(),
  events: xml.choice({ a: z.number(), count: z.string() }),
  name: z.string().optional(),
})
const spec: Spec = {
  kind: 'object',
  elements: [
    { key: 'entry', local: 'entry', spec: entrySpec, list: true },
    {
      key: 'one',
      local: 'one',
      spec: { kind: 'object', text: 'text', elements: [{ key: 'tag', local: 'tag', spec: entrySpec, list: true }] },
    },
    { key: 'events', local: 'a', spec: count, choice: 'a' },
    { key: 'events', local: 'count', spec: name, choice: 'count' },
    { key: 'name', local: 'name', spec: name },
  ],
}

const blank = fc.constantFrom('', '', '', ' ', '\n  ', '<!-- - -->', '<?p ?>', 'stray')
const piece = fc.constantFrom('1', '22', ' ', 'text', '&amp;', '&#49;', '<![CDATA[1]]>', '<!-- -->', 'é', '\r\n', '')
const text = fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join(''))
const declarations = fc.constantFrom(
  '',
  '',
  '',
  '',
  ' xmlns="urn:u"',
  ' xmlns="urn:x"',
  ' xmlns=""',
  ' xmlns:p="urn:x"',
  ' xmlns:p="urn:u"',
)
const attributes = fc.constantFrom('', '', '', ' id="1"', ' id=\'2\' other="3"', ' ')
const local = fc.constantFrom(
  ...['entry', 'entry', 'tag', 'tag', 'count', 'a', 'other', 'one', 'name'],
  ...['p:entry', 'p:tag', 'p:name', 'p:count', 'q:entry', 'q:a', 'q:name'],
)

const { element } = fc.letrec<{ element: string }>((tie) => {
  const children = fc
    .array(fc.tuple(blank, tie('element')), { maxLength: 5, depthIdentifier: 'tree' })
    .map((all) => all.flat().join(''))
  return {
    element: fc
      .tuple(
        local,
        declarations,
        attributes,
        fc.oneof({ depthIdentifier: 'tree', depthSize: 'medium' }, text, children),
        fc.boolean(),
      )
      .map(([tag, declared, said, content, isShort]) =>
        content === '' && isShort ? `<${tag}${declared}${said}/>` : `<${tag}${said}${declared}>${content}</${tag}>`,
      ),
  }
})
const roots = fc.tuple(
  fc.constantFrom('', ' xmlns="urn:u"', ' xmlns="urn:x"'),
  fc.array(fc.tuple(blank, element), { maxLength: 8 }),
  blank,
)
const documents = roots.map(
  ([declared, all, end]) => `<r${declared} xmlns:p="urn:x" xmlns:q="urn:u">${all.flat().join('')}${end}</r>`,
)

test('documents of all kinds are read in one pass to what anybody would find in their tree', () => {
  // One decoder for all of them: what it remembers of one must not change what it reads of the next.
  const decode = xmlDecoder(schema)
  const sliced = xmlDecoder(schema, { limits: { depth: 50 } })
  fc.assert(
    fc.property(documents, (document) => {
      const bytes = Buffer.from(document)
      const tree = readDocument(bytes, undefined)
      const expected = attempt(() => valueIn(spec, tree))
      for (const read of [decode, sliced, decode]) expect(attempt(() => read(bytes, undefined))).toEqual(expected)
    }),
    { numRuns: 3_000 },
  )
})

/** A value, or that there is none. */
function attempt(read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    if (error instanceof Refused || (isFacetError(error) && error.code === 'backend-shape')) return 'refused'
    throw error
  }
}
