import type { CancelToken } from './cancel.ts'

/**
 * How long one slice may take, in milliseconds: what another request may have to wait because of it, and more than once. With
 * 4 ms a small request beside ten large documents a second took 11 ms, with 1 ms it takes 3, for the same CPU time.
 */
const SLICE_MS = 1

interface Job {
  readonly step: () => boolean
  readonly token: CancelToken | undefined
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Jobs under way, the next one first. There is one event loop in a process, whoever uses it: so this is the one queue that
 * all of them share. With a queue each, ten of them would take ten slices in a row.
 */
const jobs: Job[] = []

/**
 * Does long work a slice at a time, so that whatever else the process has to do is done in between.
 *
 * @param step does a little, well under a millisecond, and says whether that was the last of it
 * @param token ends the work
 * @returns when it is done; rejected with what a step throws, or with the token's reason
 */
export function inSlices(step: () => boolean, token: CancelToken | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    jobs.push({ step, token, resolve, reject })
    if (jobs.length === 1) setImmediate(runSlice)
  })
}

function runSlice(): void {
  // It stays in the queue meanwhile: a step that begins another job must not begin another row of slices.
  const goesOn = runJob(jobs[0] as Job)
  const job = jobs.shift() as Job
  if (goesOn) jobs.push(job)
  if (jobs.length > 0) setImmediate(runSlice)
}

/** Whether the job is to go on. */
function runJob({ step, token, resolve, reject }: Job): boolean {
  try {
    const end = performance.now() + SLICE_MS
    do {
      if (token?.aborted) {
        reject(token.reason)
        return false
      }
      if (step()) {
        resolve()
        return false
      }
    } while (performance.now() < end)
    return true
  } catch (error) {
    reject(error)
    return false
  }
}
