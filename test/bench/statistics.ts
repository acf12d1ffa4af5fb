/** A copy in ascending order. */
function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b)
}

/** The value below which `share` (0 to 1) of an ascending list lies, interpolated between its neighbours (type 7, as R and NumPy do). */
function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share
  const low = sorted[Math.floor(position)]
  const high = sorted[Math.ceil(position)]
  if (low === undefined || high === undefined) return Number.NaN
  return low + (high - low) * (position - Math.floor(position))
}

/** The middle value: half lie below it. `NaN` for an empty list. */
export function median(values: readonly number[]): number {
  return quantile(ascending(values), 0.5)
}

/** The first and the third quartile: the middle half of the values lies between them. */
export function quartiles(values: readonly number[]): [number, number] {
  const sorted = ascending(values)
  return [quantile(sorted, 0.25), quantile(sorted, 0.75)]
}

/** The smallest value that `percent` (0 to 100) of all values do not exceed (nearest rank: a latency that really occurred). */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = ascending(values)
  const rank = Math.ceil((percent / 100) * sorted.length)
  return sorted[Math.max(rank, 1) - 1] ?? Number.NaN
}

/**
 * The cost of each slice against the cost of the base's slice in the same round: what slowed the machine down in that
 * round is in both.
 */
export function pairedRatios<T extends { round: number }>(
  slices: readonly T[],
  base: readonly T[],
  cost: (slice: T) => number,
): number[] {
  const costs = new Map(base.map((slice) => [slice.round, cost(slice)]))
  return slices.map((slice) => cost(slice) / (costs.get(slice.round) ?? Number.NaN))
}

/** Rounded to `digits` digits after the point; what is measured on a shared machine has no more meaning than that. */
export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

/** Both quartiles, rounded. */
export function spread(values: readonly number[], digits: number): [number, number] {
  const [low, high] = quartiles(values)
  return [rounded(low, digits), rounded(high, digits)]
}
