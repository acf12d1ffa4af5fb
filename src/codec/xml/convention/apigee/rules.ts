import { namesIn, type PathNode, pathTree } from '../paths.ts'
import type { ApigeeConvention, ApigeeFormat, ApigeeReading } from './options.ts'

/** What each format stands for. */
export const FORMATS: Readonly<Record<ApigeeFormat, ApigeeReading>> = {
  'xml.com': { recognizeNull: true, textNodeName: '#text', attributePrefix: '@' },
  yahoo: { recognizeNumber: true, textNodeName: 'content' },
  google: { textNodeName: '$t', namespaceSeparator: '$', textAlwaysAsProperty: true },
  badgerFish: {
    textNodeName: '$',
    textAlwaysAsProperty: true,
    attributePrefix: '@',
    namespaceSeparator: ':',
    namespaceBlockName: '@xmlns',
    defaultNamespaceNodeName: '$',
  },
}

/** What a path says of an element: that it is always in a list, and whether that takes the place of what is around it. */
export interface ApigeePath {
  readonly unwrap: boolean
}

/** What reading goes by, with the format's options in their places. */
export interface ApigeeRules extends ApigeeReading {
  readonly textNodeName: string
  readonly attributePrefix: string
  readonly defaultNamespaceNodeName: string
  readonly stripLevels: number
  readonly paths: PathNode<ApigeePath>
}

export function apigeeRules(convention: ApigeeConvention): ApigeeRules {
  const options: ApigeeReading = convention.format === undefined ? convention : FORMATS[convention.format]
  const paths = (options.treatAsArray ?? []).map((said) => {
    const { path, unwrap = false } = typeof said === 'string' ? { path: said } : said
    return { names: namesIn(path, '/'), said: { unwrap } }
  })
  return {
    ...options,
    textNodeName: options.textNodeName ?? '#text',
    attributePrefix: options.attributePrefix ?? '',
    defaultNamespaceNodeName: options.defaultNamespaceNodeName ?? '$default',
    stripLevels: options.stripLevels ?? 0,
    paths: pathTree(paths, (one, other) => ({ unwrap: one.unwrap || other.unwrap })),
  }
}
