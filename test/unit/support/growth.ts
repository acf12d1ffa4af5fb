/** Less is noise: what takes longer than linear time shows above it. */
const NOISE_MS = 30

/** The least time of several runs: whatever else the machine does only makes it more. */
function timeOf(work: () => unknown, runs: number): number {
  let least = Number.POSITIVE_INFINITY
  for (let run = 0; run < runs; run++) {
    const before = performance.now()
    work()
    least = Math.min(least, performance.now() - before)
  }
  return least
}

/**
 * How much longer four times as much takes: about 4 where time grows linearly, 16 where it grows with the square. Measured
 * again if it looks like more than linear, so that a machine that is busy for a moment does not fail a test.
 */
export function growth(prepare: (size: number) => () => unknown, size: number): number {
  const [small, large] = [prepare(size), prepare(size * 4)]
  let least = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < 4 && least > 8; tries++)
    least = Math.min(least, timeOf(large, 1) / Math.max(timeOf(small, 2), NOISE_MS / 4))
  return least
}
