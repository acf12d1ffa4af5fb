import { FacetError } from '../errors.ts'
import { decodeSegment, type Variant } from '../lib/path.ts'
import { type TakeSegment, takeMixed } from '../lib/path-match.ts'

/** The parameters of a path, decoded. */
export type Params = Readonly<Record<string, string | string[]>>

/**
 * The parameters of a path that is known to match, as it came but for its normal escapes.
 *
 * @throws FacetError `input-invalid` when a parameter cannot be decoded or must not get any further
 */
export type ParamsOf = (path: string) => Params

/** Puts what it takes of a path's segment among the parameters. */
type Read = (segments: readonly string[], params: Record<string, string | string[]>) => void

const NO_PARAMS: Params = Object.freeze({})

/** Reads the parameters of one reading of a pattern: where each stands is settled once. */
export function paramsOf({ segments, rest }: Variant): ParamsOf {
  const reads = segments.flatMap((parts, at): Read[] => {
    const [only] = parts
    if (parts.length > 1) return [readMixed(at, takeMixed(parts))]
    return typeof only === 'object' ? [readOne(at, only.name)] : []
  })
  if (rest !== undefined) reads.push(readRest(segments.length, rest))
  if (reads.length === 0) return () => NO_PARAMS
  return (path) => {
    const params: Record<string, string | string[]> = Object.create(null)
    const end = path.endsWith('/') ? path.length - 1 : path.length
    const raw = path.slice(1, end).split('/')
    for (const read of reads) read(raw, params)
    return params
  }
}

function readOne(at: number, name: string): Read {
  return (segments, params) => {
    params[name] = checked(segments[at] ?? '', name)
  }
}

function readMixed(at: number, take: TakeSegment): Read {
  return (segments, params) => {
    const taken = new Map<string, string>()
    take(segments[at] ?? '', taken)
    for (const [name, segment] of taken) params[name] = checked(segment, name)
  }
}

function readRest(from: number, name: string): Read {
  return (segments, params) => {
    const tail = segments.slice(from)
    params[name] = tail.length === 1 && tail[0] === '' ? [] : tail.map((segment) => checked(segment, name))
  }
}

function checked(segment: string, name: string): string {
  const text = decodeSegment(segment)
  if (text === undefined)
    throw new FacetError('input-invalid', { issues: [{ path: `params.${name}`, message: 'cannot be part of a path' }] })
  return text
}
