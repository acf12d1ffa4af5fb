import type { z } from 'zod'
import { FacetError } from '../errors.ts'
import type { CancelToken } from '../lib/cancel.ts'
import { type SlicedCheck, slicedCheck } from './sliced-check.ts'

/** Holds answers to the schema that an operation declares. */
export class AnswerCheck<S extends z.ZodType> {
  readonly #what: string
  readonly #schema: S
  /** Made for the first answer that is large; null where there is none. */
  #sliced: SlicedCheck | null | undefined

  constructor(what: string, schema: S) {
    this.#what = what
    this.#schema = schema
  }

  /**
   * What a value becomes.
   *
   * @throws FacetError `backend-shape`
   */
  whole(value: unknown): z.output<S> {
    return this.#outcome(this.#schema.safeParse(value))
  }

  /** The same for a value so large that others must get their turn in between. The value is used up. */
  async inSlices(value: unknown, token: CancelToken): Promise<z.output<S>> {
    this.#sliced ??= slicedCheck(this.#schema) ?? null
    return this.#sliced ? this.#outcome(await this.#sliced(value, token)) : this.whole(value)
  }

  #outcome(parsed: z.ZodSafeParseResult<unknown>): z.output<S> {
    if (parsed.success) return parsed.data as z.output<S>
    const wrong = parsed.error.issues
      .slice(0, 5)
      .map(({ path, message }) => `${path.join('.') || 'the answer'}: ${message}`)
    throw new FacetError('backend-shape', { detail: `${this.#what}: ${wrong.join('; ')}`, cause: parsed.error })
  }
}
