import { ImportError } from '../import-error.ts'
import { attribute, child, isTrue, keyOf, type QName, XSD } from '../qname.ts'
import type { Component, Schemas } from './schemas.ts'

/** What may stand in for what, over all schemas of an import. */
export interface Families {
  /** The elements that may stand where an element is referred to (XML Schema part 1, section 3.3.6), not the abstract ones. */
  substitutes(head: QName): readonly Component[]
  /** The complex types that extend or restrict a type, themselves or by way of others. */
  derived(base: QName): readonly Component[]
}

export function familiesOf(schemas: Schemas): Families {
  const members = index(schemas.all('element'), (component) =>
    (attribute(component.node, 'substitutionGroup') ?? '').split(/\s+/).filter((name) => name !== ''),
  )
  const heirs = index(schemas.all('type'), ({ node }) => {
    const content = child(node, 'complexContent', XSD) ?? child(node, 'simpleContent', XSD)
    const step = content && (child(content, 'extension', XSD) ?? child(content, 'restriction', XSD))
    return step ? [attribute(step, 'base') ?? ''] : []
  })

  function index(components: readonly Component[], names: (component: Component) => string[]) {
    const byName = new Map<string, Component[]>()
    for (const component of components) {
      for (const name of names(component)) {
        const key = keyFrom(component, name)
        if (key !== undefined) byName.set(key, [...(byName.get(key) ?? []), component])
      }
    }
    return byName
  }

  /** What nobody uses may be wrong without anybody being told. */
  function keyFrom({ node, file }: Component, name: string): string | undefined {
    try {
      const holder =
        node.local === 'element'
          ? node
          : (node
              .all()
              .find(({ local }) => local.endsWith('Content'))
              ?.all()
              .find(({ local }) => local !== 'annotation') ?? node)
      return keyOf(schemas.resolve(file, holder, name, ''))
    } catch (error) {
      if (error instanceof ImportError) return undefined
      throw error
    }
  }

  function reached(from: ReadonlyMap<string, readonly Component[]>, name: QName): Component[] {
    const found = new Map<string, Component>()
    const visit = (key: string) => {
      for (const component of from.get(key) ?? []) {
        const own = keyOf(component.name)
        if (found.has(own) || own === keyOf(name)) continue
        found.set(own, component)
        visit(own)
      }
    }
    visit(keyOf(name))
    return [...found.values()]
  }

  return {
    substitutes: (head) => reached(members, head).filter(({ node }) => !isAbstract(node)),
    derived: (base) => reached(heirs, base),
  }
}

/** Whether something is only there for others to stand in for it. */
export function isAbstract(node: Component['node']): boolean {
  return isTrue(node, 'abstract')
}
