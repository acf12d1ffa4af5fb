import { keyOf } from '../lib/key.ts'
import type { CallContext, Memorised, Policy } from './call.ts'
import { noteTags } from './note.ts'

/**
 * Equal reads within one request are made once. The engine gives a request its memo only where two sources of the
 * endpoint use the same operation, so that everywhere else no key is made.
 *
 * An operation is itself, not its name: another one at the same path may make something else of the same answer.
 */
export function memo(): Policy {
  const operation = {}
  return (next) => (input, context) => {
    const { memo } = context
    if (!memo) return next(input, context)
    let answers = memo.get(operation)
    if (!answers) {
      answers = new Map()
      memo.set(operation, answers)
    }
    const key = keyOf(input)
    const running = answers.get(key)
    if (running) return shared(running, context) as ReturnType<typeof next>
    const answer = next(input, context)
    answers.set(key, { answer, context })
    return answer
  }
}

/** The same answer for another source, whose reply must not be fresh for longer either. */
async function shared({ answer, context: first }: Memorised, context: CallContext): Promise<unknown> {
  const value = await answer
  context.fresh = Math.min(context.fresh, first.fresh)
  noteTags(context, first.tags ?? [])
  return value
}
