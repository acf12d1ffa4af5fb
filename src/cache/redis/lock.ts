import { randomUUID } from 'node:crypto'
import type { RedisConnection } from './connection.ts'

/** How long a lock lasts if its holder is gone, and how often one who is there says so. Milliseconds. */
const LASTS = 1_000
const RENEWED = 300
/** Longer than any load takes. Milliseconds. */
const LONGEST = 60_000
/** How long it is remembered that a load has left nothing that others could have. Milliseconds. */
const IN_VAIN = 5_000
/** Stands in place of a holder. */
const NOBODY = '-'

/** Renews, or ends, a lock that one still holds. */
const RENEW = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end`
const END = `if redis.call('GET', KEYS[1]) == ARGV[1] then
  if ARGV[2] == '1' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], '${NOBODY}', 'PX', ARGV[3]) end
end`

/** A lock as it was found. */
export interface Lock {
  readonly state: 'mine' | 'busy' | 'free'
  release(isKept: boolean): void
}

/**
 * Tries to take a lock, so that of several processes one loads what all of them want. It keeps nobody from anything: whoever is
 * slower than the lock lasts finds that somebody else has loaded it, too.
 */
export async function takeLock(redis: RedisConnection, key: string): Promise<Lock> {
  const holder = randomUUID()
  const [taken, found] = await Promise.all([
    redis.send(key, ['SET', key, holder, 'NX', 'PX', String(LASTS)]),
    redis.send(key, ['GET', key]),
  ])
  if (taken === null) return { state: String(found) === NOBODY ? 'free' : 'busy', release: () => {} }
  const end = () => clearInterval(renewing)
  const until = performance.now() + LONGEST
  const renew = async () => {
    if (performance.now() > until) return end()
    // Whoever has lost it, or cannot say that it is still there, no longer holds anybody up.
    const renewed = await redis.send(key, ['EVAL', RENEW, '1', key, holder, String(LASTS)])
    if (renewed !== 1) end()
  }
  const renewing = setInterval(() => void renew().catch(end), RENEWED)
  renewing.unref()
  let isOver = false
  return {
    state: 'mine',
    release: (isKept) => {
      end()
      if (isOver) return
      isOver = true
      redis.send(key, ['EVAL', END, '1', key, holder, isKept ? '1' : '0', String(IN_VAIN)]).catch(() => {})
    },
  }
}
