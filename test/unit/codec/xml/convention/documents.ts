import fc from 'fast-check'

/** Names that many documents have, few enough to come twice in one element; `p` and `q` are declared at the root. */
const names = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('a', 'b', 'p:a') },
  { weight: 1, arbitrary: fc.constantFrom('Item', 'item', 'q:Item', 'é') },
)
/** Without what no convention of xml2js' keeps: see the exceptions in xml2js-read.test.ts. */
const texts = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom('', ' ', '\n  ', 'x', ' x ', 'a  b', '007', '1.50', 'true', 'FALSE', '<&>"', ']]'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 4 }).map(sendable) },
)
const values = texts.map((text) => text.replace(/[\t\n]/g, ' '))

/** Text without what XML cannot carry, and without what is normalised when it is read. */
function sendable(text: string): string {
  return text.replace(/[^\t\n\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '').replaceAll('\\n', '')
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const attribute = fc.tuple(names, values).map(([name, value]) => ({ name, value }))
const attributes = fc
  .uniqueArray(attribute, { maxLength: 3, selector: ({ name }) => name })
  .map((list) => list.map(({ name, value }) => ` ${name}="${escaped(value).replaceAll('"', '&quot;')}"`).join(''))

const pieces = fc.oneof(
  { weight: 4, arbitrary: texts.map(escaped) },
  { weight: 1, arbitrary: texts.map((text) => `<![CDATA[${text.replaceAll(']]>', '')}]]>`) },
  { weight: 1, arbitrary: fc.constantFrom('<!-- a comment -->', '<?what ever?>') },
)

const element = fc.letrec<{ element: string; content: string }>((tie) => ({
  element: fc
    .tuple(names, attributes, tie('content'))
    .map(([name, tag, content]) => (content === '' ? `<${name}${tag}/>` : `<${name}${tag}>${content}</${name}>`)),
  content: fc.oneof(
    { maxDepth: 5, depthSize: 'small', withCrossShrink: true },
    { weight: 1, arbitrary: pieces },
    { weight: 2, arbitrary: fc.array(fc.oneof(pieces, tie('element'), tie('element')), { maxLength: 5 }).map(join) },
  ),
}))

function join(parts: readonly string[]): string {
  return parts.join('')
}

/** Documents with what conventions differ in: attributes, text beside elements, repetition, prefixes, CDATA. */
export const documents: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom('', ' xmlns="urn:d"'), attributes, fc.array(element.content, { minLength: 1, maxLength: 3 }))
  .map(([tag, more, content]) => `<root xmlns:p="urn:p" xmlns:q="urn:q"${tag}${more}>${content.join('')}</root>`)
