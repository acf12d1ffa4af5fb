import { z } from 'zod'

const atLeastOne = z.number().int().min(1).optional()

/** What a document may have. Names and defaults: `XmlLimits`. */
export const limitsOption = z.strictObject({
  depth: atLeastOne,
  attributes: atLeastOne,
  elements: atLeastOne,
  nameLength: atLeastOne,
  doctype: z.boolean().optional(),
})

/** The size above which a document is read in slices: bytes, or Infinity for never. */
export const slicedAboveOption = z.custom<number>(
  (bytes) => bytes === Number.POSITIVE_INFINITY || (Number.isInteger(bytes) && (bytes as number) > 0),
  'a whole number of bytes above 0, or Infinity, was expected',
)
