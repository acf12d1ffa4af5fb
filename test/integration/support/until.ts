/** Waits for something that happens on the other side of a socket; rejects after three seconds with what was waited for. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const started = Date.now(); !(await holds()); await new Promise((resolve) => setTimeout(resolve, 2))) {
    if (Date.now() - started > 3_000) throw new Error(`after three seconds still not: ${what}`)
  }
}
