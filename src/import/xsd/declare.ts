import type { Comment } from '../print/code.ts'
import type { Build, Declaration, Shape } from '../shape.ts'

/** What becomes a constant of the module. */
interface Declared {
  /** Its kind and expanded name. */
  readonly key: string
  readonly names: readonly [string, ...string[]]
  /** Its documentation, '' for none. */
  readonly documentation: string
}

/**
 * The constant of a type or element. It is there before its shape is, so that what leads back to it finds it; and what is
 * being looked at outside of it does not count inside.
 *
 * @param shapeOf what it is; comments may be added
 */
export function declare(
  build: Build,
  { key, names, documentation }: Declared,
  shapeOf: (comments: Comment[]) => Shape,
): Declaration {
  const known = build.declarations.get(key)
  if (known) return known
  const [first, ...others] = names
  const proposal = build.proposals.get(key)
  const comments: Comment[] = documentation === '' ? [] : [{ kind: 'doc', text: documentation }]
  const name = build.names.take(first, ...(proposal === undefined ? [] : [proposal]), ...others)
  const declaration: Declaration = { name, comments, shape: undefined, holders: new Set() }
  build.declarations.set(key, declaration)
  const outside = [...build.open]
  build.open.clear()
  declaration.shape = shapeOf(comments)
  for (const each of outside) build.open.add(each)
  return declaration
}
