import type { Notes } from './notes.ts'
import type { Declaration, Shape } from './shape.ts'
import type { Plan } from './wsdl/plan.ts'

/** Types within each other that TypeScript 6 still follows through a call's options; one more, and it gives up (TS2589). */
const DEEPEST = 13

/** Says of types so deep within each other that the compiler may give up what to do about it. */
export function sayNesting(plans: readonly Plan[], notes: Notes): void {
  const depths = new Map<Declaration, number>()
  for (const { operation, request, output } of plans) {
    const deepest = Math.max(depthOf(request, depths), output ? depthOf(output, depths) : 0)
    if (deepest <= DEEPEST) continue
    notes.sayAtHead(
      `operation ${operation.name}`,
      `its types are ${deepest} deep within each other, where the compiler may give up (TS2589): give one in the middle a type, \`const X: z.ZodType<…> = …\``,
    )
  }
}

function depthOf(declaration: Declaration, depths: Map<Declaration, number>): number {
  const known = depths.get(declaration)
  if (known !== undefined) return known
  // Within itself it is as deep as it is outside.
  depths.set(declaration, 0)
  const depth = declaration.shape ? 1 + Math.max(0, ...inside(declaration.shape).map((one) => depthOf(one, depths))) : 0
  depths.set(declaration, depth)
  return depth
}

/** The constants that a shape speaks of. */
function inside(shape: Shape): Declaration[] {
  switch (shape.kind) {
    case 'value':
      return [...(shape.uses ?? [])]
    case 'named':
      return [shape.declaration]
    case 'array':
      return inside(shape.item)
    case 'object':
      return shape.fields.flatMap(({ shape, options }) =>
        (options ?? [{ shape }]).flatMap((field) => inside(field.shape)),
      )
  }
}
