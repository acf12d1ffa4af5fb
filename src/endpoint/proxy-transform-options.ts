import { z } from 'zod'
import type { BadgerfishConvention } from '../codec/xml/convention/badgerfish/options.ts'
import { type FacetConvention, facetSchema } from '../codec/xml/convention/facet/options.ts'
import { type Convention, defineConvention } from '../codec/xml/conventions.ts'
import { isXmlName } from '../codec/xml/index.ts'
import { DefinitionError } from '../errors.ts'
import { bytesOption, checkOptions, functionOption } from '../options.ts'
import type { Format } from './client.ts'

/**
 * What a `request` hook sees of a message that is passed on.
 *
 * @example const withoutId = ({ body }: ProxiedMessage): unknown => ({ ...(body as object), id: undefined })
 */
export interface ProxiedMessage {
  readonly method: string
  /** As the client has asked for it: still encoded, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** The parsed body: JSON as it is, XML after the route's convention. */
  readonly body: unknown
  /** A field of this message, several lines of it joined by commas. @param name in whatever case */
  header(name: string): string | undefined
}

/** What a `response` hook sees of a backend's response: the request as the client has made it, and status, fields and body of the response. */
export interface ProxiedResponse extends ProxiedMessage {
  readonly status: number
}

/**
 * How XML without a schema stands for values. What could make one document a thousand times its size (the namespace in every name,
 * or in every element) is left out.
 */
export type TransformConvention =
  | (Omit<FacetConvention, 'namespaces' | 'keepRoot'> & { readonly namespaces?: 'local' | 'prefix' })
  | (Omit<BadgerfishConvention, 'namespaces'> & { readonly namespaces?: 'declared' })

/** How the XML of a route is read and written. */
export interface TransformXml {
  /** Facet's own, with local names, if not said. */
  readonly convention?: TransformConvention
  /**
   * The root element that the whole body stands in: put on when written, and taken off, whatever it is called, when read. Without it
   * the root element is the one property of the value, and a value that has not just one is written in `<root>`.
   */
  readonly root?: string
  /** What XML that was JSON is sent as, with `charset=utf-8`; `application/xml` if not said. SOAP 1.1 wants `text/xml`. */
  readonly mediaType?: string
}

/** How a proxied route changes the bodies that it passes on. Only JSON and XML are read; everything else is streamed untouched. */
export interface TransformOptions {
  /**
   * What clients speak, where the backend speaks the other one: XML responses become JSON and JSON requests XML for `json`, the other way
   * round for `xml`.
   */
  readonly as?: Format
  /** Changes the body of a request, parsed as it came; what it returns is sent. It must not be async, nor return undefined. */
  readonly request?: (message: ProxiedMessage) => unknown
  /** Changes the body of a response of whatever status, parsed as it came; what it returns is sent. As for `request`. */
  readonly response?: (message: ProxiedResponse) => unknown
  /** Bodies that are changed are not larger, before and after their content coding is undone; 1 MiB if not said. Bytes. */
  readonly transformMaxBytes?: number
  readonly xml?: TransformXml
}

/** The same, checked, with the defaults filled in. */
export interface TransformSettings {
  readonly as: Format | undefined
  readonly request: TransformOptions['request']
  readonly response: TransformOptions['response']
  readonly maxBytes: number
  readonly convention: Convention
  readonly root: string | undefined
  readonly mediaType: string
}

const anObject = z.custom<TransformConvention>(
  (value) => typeof value === 'object' && value !== null,
  'a convention was expected',
)

/** What may be said, beside the other options of a proxied route. */
export const transformShape = {
  as: z.enum(['json', 'xml'], "'json' or 'xml' was expected").optional(),
  request: functionOption<NonNullable<TransformOptions['request']>>().optional(),
  response: functionOption<NonNullable<TransformOptions['response']>>().optional(),
  transformMaxBytes: bytesOption.optional(),
  xml: z
    .strictObject(
      {
        convention: anObject.optional(),
        root: z
          .string('the name of an XML element was expected')
          .refine(isXmlName, 'the name of an XML element was expected')
          .optional(),
        mediaType: z
          .string('a media type of XML was expected')
          .regex(/^(application|text)\/([\w.-]+\+)?xml([ \t]*;[\t\x20-\x7e]*)?$/, 'a media type of XML was expected')
          .optional(),
      },
      '{ convention, root, mediaType } was expected',
    )
    .optional(),
}

const conventions = {
  facet: facetSchema.omit({ keepRoot: true }).extend({ namespaces: z.enum(['local', 'prefix']).optional() }),
  badgerfish: z.strictObject({ convention: z.literal('badgerfish'), namespaces: z.literal('declared').optional() }),
}

const MEBIBYTE = 1024 * 1024

/**
 * Settles what a proxied route changes; undefined where it changes nothing.
 *
 * @param isCached whether what its backend answers is kept
 * @throws DefinitionError with the option
 */
export function transformSettings(
  route: string,
  { as, request, response, transformMaxBytes, xml }: TransformOptions,
  isCached: boolean,
): TransformSettings | undefined {
  const proxy = `proxy '${route}'`
  if (as === undefined && !request && !response) {
    const idle = transformMaxBytes !== undefined ? 'transformMaxBytes' : xml !== undefined ? 'xml' : undefined
    if (idle)
      throw new DefinitionError(`${proxy} at '${idle}': nothing is changed without 'as', 'request' or 'response'`)
    return undefined
  }
  if (isCached)
    throw new DefinitionError(
      `${proxy} at 'cache': what is kept is what the backend has sent, and '${as ? 'as' : request ? 'request' : 'response'}' changes that; make it an endpoint, or keep nothing`,
    )
  const { root, mediaType = 'application/xml' } = xml ?? {}
  const convention = conventionOf(proxy, xml)
  return { as, request, response, maxBytes: transformMaxBytes ?? MEBIBYTE, convention, root, mediaType }
}

function conventionOf(proxy: string, { convention = {}, root }: TransformXml = {}): Convention {
  const what = `${proxy} at 'xml.convention'`
  if (convention.convention === 'badgerfish') {
    checkOptions(what, convention, conventions.badgerfish)
    if (root !== undefined)
      throw new DefinitionError(
        `${proxy} at 'xml.root' ('${root}'): in BadgerFish the root element is part of the value`,
      )
    return defineConvention({ namespaces: 'declared', ...convention }, what)
  }
  checkOptions(what, convention, conventions.facet)
  return defineConvention({ ...convention, keepRoot: root === undefined }, what)
}
