import { z } from 'zod'

/** The BadgerFish convention: `@name` for attributes, `$` for text, `@xmlns` for namespaces. */
export interface BadgerfishConvention {
  readonly convention: 'badgerfish'
  /**
   * `active`: every element has all namespaces that hold for it, as BadgerFish has it. `declared`: only those that it
   * declares itself, which keeps large documents small. `active` if not said.
   */
  readonly namespaces?: 'active' | 'declared'
}

/** What may be said, for the check. */
export const badgerfishSchema = z.strictObject({
  convention: z.literal('badgerfish'),
  namespaces: z.enum(['active', 'declared']).optional(),
})

/** The property for text. */
export const TEXT_KEY = '$'
/** The property for namespaces; the default one is again in `$`. */
export const NAMESPACES_KEY = '@xmlns'
/** What attributes' properties begin with. */
export const ATTRIBUTE = '@'
