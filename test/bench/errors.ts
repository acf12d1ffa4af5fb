/** What ends a run and is not a fault of the harness: a wrong option, answers that differ. Its message says it all. */
export class BenchError extends Error {
  override name = 'BenchError'
}
