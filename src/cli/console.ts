import { createInterface } from 'node:readline/promises'
import { CommandError } from './command-error.ts'

/** Asks whoever sits at the terminal, or whatever is piped in, a line an answer. */
export class Console {
  readonly #reader = createInterface({ input: process.stdin, output: process.stderr, terminal: false })
  readonly #lines = this.#reader[Symbol.asyncIterator]()

  /**
   * Asks until the answer will do.
   *
   * @param proposed what an empty answer means
   * @param check gives the answer as it is used; throws a CommandError for one that will not do
   * @param missing what could have been given instead, for the message
   * @throws CommandError where nobody answers any more
   */
  async ask<T>(
    question: string,
    proposed: string | undefined,
    check: (answer: string) => T,
    missing: string,
  ): Promise<T> {
    for (;;) {
      process.stderr.write(`${question}${proposed === undefined ? '' : ` (${proposed})`}: `)
      const { value, done } = await this.#lines.next()
      if (done) {
        // The prompt's line is not over, and the message has a line of its own.
        process.stderr.write('\n')
        throw new CommandError(`${missing} is missing, and there is nobody to ask`)
      }
      try {
        return check((value as string).trim() || (proposed ?? ''))
      } catch (error) {
        if (!(error instanceof CommandError)) throw error
        process.stderr.write(`${error.message}\n`)
      }
    }
  }

  close(): void {
    this.#reader.close()
  }
}
