import { SaxesParser } from 'saxes'
import type { readDocument } from '../../src/codec/xml/index.ts'

/** An element as Facet gives it. */
export type Element = ReturnType<typeof readDocument>

/** The same, by another parser's account. */
export interface Model {
  readonly local: string
  readonly ns: string
  /** Its own text, without that of the elements in it. */
  text: string
  readonly attributes: readonly { readonly local: string; readonly ns: string; readonly value: string }[]
  readonly children: Model[]
}

const XMLNS = 'http://www.w3.org/2000/xmlns/'

/**
 * What saxes makes of a document.
 *
 * @throws Error where it is malformed
 */
export function modelOf(text: string): Model {
  const root: Model = { local: '', ns: '', text: '', attributes: [], children: [] }
  const open = [root]
  const parser = new SaxesParser({ xmlns: true })
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ local, uri, attributes }) => {
    const own = Object.values(attributes)
      .filter((attribute) => attribute.uri !== XMLNS)
      .map(({ local, uri, value }) => ({ local, ns: uri, value }))
    const model: Model = { local, ns: uri, text: '', attributes: own, children: [] }
    open.at(-1)?.children.push(model)
    open.push(model)
  })
  const add = (more: string): void => {
    const current = open.at(-1)
    if (current) current.text += more
  }
  parser.on('text', add)
  parser.on('cdata', add)
  parser.on('closetag', () => {
    open.pop()
  })
  parser.write(text).close()
  return root.children[0] as Model
}

/** Where what Facet read differs first from the model: names, namespaces, text, attributes, order. */
export function contentDifference(element: Element, model: Model, path = ''): string | undefined {
  const at = `${path}/${model.local}`
  if (element.local !== model.local || element.ns !== model.ns) return `${at}: named {${element.ns}}${element.local}`
  if (element.text !== model.text) return `${at}: text ${shown(element.text)} and not ${shown(model.text)}`
  for (const { local, ns, value } of model.attributes) {
    const own = element.attribute(local, ns)
    if (own !== value) return `${at}: ${local}=${own === undefined ? 'nothing' : shown(own)} and not ${shown(value)}`
  }
  const children = element.all()
  if (children.length !== model.children.length) return `${at}: ${children.length} children`
  for (const [index, child] of model.children.entries()) {
    const difference = contentDifference(children[index] as Element, child, at)
    if (difference !== undefined) return difference
  }
  return undefined
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
