/** The names of elements from below the value's own element: `Order.Line`; as a list where a name has a `.` in it. */
export type ElementPath = string | readonly string[]

/** What is said of the elements at one place, and below it. */
export interface PathNode<Said> {
  readonly children: ReadonlyMap<string, PathNode<Said>>
  /** Undefined where only something below was named. */
  readonly said: Said | undefined
}

interface Growing<Said> {
  readonly children: Map<string, Growing<Said>>
  said: Said | undefined
}

/** The names in a path. */
export function namesIn(path: ElementPath, separator = '.'): readonly string[] {
  return typeof path === 'string' ? path.split(separator) : path
}

/**
 * Paths as a tree, to be followed downwards with the elements of a document.
 *
 * @param merge what is said of a place that is named twice
 */
export function pathTree<Said>(
  paths: Iterable<{ readonly names: readonly string[]; readonly said: Said }>,
  merge: (one: Said, other: Said) => Said,
): PathNode<Said> {
  const root: Growing<Said> = { children: new Map(), said: undefined }
  for (const { names, said } of paths) {
    let at = root
    for (const name of names) {
      const next = at.children.get(name) ?? { children: new Map(), said: undefined }
      at.children.set(name, next)
      at = next
    }
    at.said = at.said === undefined ? said : merge(at.said, said)
  }
  return root
}
