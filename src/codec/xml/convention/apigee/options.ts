import { z } from 'zod'

/** What the options of both policies have in common. */
interface ApigeeNames {
  /** What null is in JSON: reading, what is recognised as null becomes it; writing, it becomes an empty element. */
  readonly nullValue?: string
  /** The property that has the namespaces that an element declares. */
  readonly namespaceBlockName?: string
  /** The default namespace's property in that block; `$default` if not said. */
  readonly defaultNamespaceNodeName?: string
  /** What stands between prefix and name; without it prefixes are left out. */
  readonly namespaceSeparator?: string
  /** The property for text beside something else; `#text` if not said. */
  readonly textNodeName?: string
  /** The property that has an element's attributes; without it they are the element's own properties. */
  readonly attributeBlockName?: string
  /** What attributes' properties begin with. */
  readonly attributePrefix?: string
}

/** The options of XMLToJSON, besides. */
export interface ApigeeReading extends ApigeeNames {
  readonly recognizeNumber?: boolean
  readonly recognizeBoolean?: boolean
  readonly recognizeNull?: boolean
  readonly textAlwaysAsProperty?: boolean
  /** Text before and after the JSON of a document. */
  readonly outputPrefix?: string
  readonly outputSuffix?: string
  /** How many of the outermost elements are left out. */
  readonly stripLevels?: number
  /** Elements that are always a list: `root/Item`; unwrapped, the list stands in the place of the element around it. */
  readonly treatAsArray?: readonly (string | { readonly path: string; readonly unwrap?: boolean })[]
}

/** The options of JSONToXML, besides. */
export interface ApigeeWriting {
  /** What takes the place of characters that a name cannot have; without it such names are refused. */
  readonly invalidCharsReplacement?: string
  /** The root of an object that has not just one property; `Root` if not said. */
  readonly objectRootElementName?: string
  /** The root of a list; `Array` if not said. */
  readonly arrayRootElementName?: string
  /** The elements of a list that has no property of its own; `Item` if not said. */
  readonly arrayItemElementName?: string
  readonly indent?: boolean
  readonly omitXmlDeclaration?: boolean
}

/** A set of options by its name. */
export type ApigeeFormat = 'xml.com' | 'yahoo' | 'google' | 'badgerFish'

/** What Apigee's policies XMLToJSON and JSONToXML do; either a format or options. */
export type ApigeeConvention =
  | ({ readonly convention: 'apigee'; readonly format: ApigeeFormat } & ApigeeWriting & {
        readonly [Option in keyof ApigeeReading]?: never
      })
  | ({ readonly convention: 'apigee'; readonly format?: never } & ApigeeReading & ApigeeWriting)

const flag = z.boolean().optional()
const name = z.string().min(1).optional()
const path = z.string().regex(/^[^/]+(\/[^/]+)*$/, 'names of elements with / between them were expected')

const writing = {
  convention: z.literal('apigee'),
  invalidCharsReplacement: z
    .string()
    .regex(/^[\w.-]+$/, 'characters that a name can have were expected')
    .optional(),
  objectRootElementName: name,
  arrayRootElementName: name,
  arrayItemElementName: name,
  indent: flag,
  omitXmlDeclaration: flag,
}
const options = {
  nullValue: z.string().optional(),
  namespaceBlockName: name,
  defaultNamespaceNodeName: name,
  namespaceSeparator: name,
  textNodeName: name,
  attributeBlockName: name,
  attributePrefix: name,
  recognizeNumber: flag,
  recognizeBoolean: flag,
  recognizeNull: flag,
  textAlwaysAsProperty: flag,
  outputPrefix: z.string().optional(),
  outputSuffix: z.string().optional(),
  stripLevels: z.number().int().min(0).optional(),
  treatAsArray: z.array(z.union([path, z.strictObject({ path, unwrap: flag })])).optional(),
}

const alone = z.undefined('is said by `format`; Apigee takes a format or options').optional()
const formatSchema = z.strictObject({
  ...writing,
  format: z.enum(['xml.com', 'yahoo', 'google', 'badgerFish']),
  ...Object.fromEntries(Object.keys(options).map((option) => [option, alone])),
})
const optionsSchema = z
  .strictObject({ ...writing, ...options })
  .refine(
    ({ namespaceBlockName: block, namespaceSeparator }) => block === undefined || namespaceSeparator !== undefined,
    {
      path: ['namespaceBlockName'],
      message: 'namespaces are kept only with a `namespaceSeparator`',
    },
  )
  .refine(
    ({ defaultNamespaceNodeName: node, namespaceBlockName }) => node === undefined || namespaceBlockName !== undefined,
    {
      path: ['defaultNamespaceNodeName'],
      message: 'is a property in the block that `namespaceBlockName` names',
    },
  )

/** What may be said, for the check. */
export function apigeeSchema(convention: object): z.ZodObject {
  return 'format' in convention && convention.format !== undefined ? formatSchema : optionsSchema
}
