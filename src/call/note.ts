import type { Cached } from '../cache/entry.ts'
import type { CallContext } from './call.ts'

/** Notes what a cache has said, for what is made of its value: it must be no fresher, and go with the same purges. */
export function noteCached(context: CallContext, level: 'call' | 'data', found: Omit<Cached<unknown>, 'value'>): void {
  context.cache = found.state
  context.told ??= []
  context.told.push(`${level} ${found.state}`)
  if (found.stored) context.fresh = Math.min(context.fresh, Date.now() + found.ttl)
  noteTags(context, found.tags)
}

export function noteTags(context: CallContext, tags: Iterable<string>): void {
  for (const tag of tags) {
    context.tags ??= new Set()
    context.tags.add(tag)
  }
}
