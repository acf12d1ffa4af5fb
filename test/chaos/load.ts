import { Pool } from 'undici'
import type { Ask } from './traffic.ts'

/** One request and what came of it. Times as `performance.now()` counts. */
export interface Sent {
  readonly ask: Ask
  readonly start: number
  /** When the head of the answer was there; undefined where none came. */
  head: number | undefined
  /** When it was over; undefined while it is not. */
  end: number | undefined
  status: number
  isPartial: boolean
  /** The answer is a success, nothing of it is missing, and it says what it should. */
  isWhole: boolean
  /** The connection was cut in the middle of the body. */
  isCut: boolean
  /** It has what stands in every answer, a partial one too. */
  hasAlways: boolean
  /** The client has hung up before the end, as it meant to. */
  hasLeft: boolean
  /** The code of the problem. */
  code: string | undefined
  /** Why there is no answer at all. */
  failure: string | undefined
}

/** A load that runs. */
export interface Load {
  /** All requests in the order in which they began; a live view. */
  readonly sent: readonly Sent[]
  /** Begins no more, and waits for those under way. */
  stop(): Promise<void>
}

/** Longer than any bound with its margin: what is not over by then has no answer. Milliseconds. */
const PATIENCE = 12_000

/**
 * An open loop: requests begin at a fixed rate, whether or not those before have ended, so that a Facet that hangs is not
 * spared. Connections are as many as are needed, and kept alive for less long than Facet keeps them.
 *
 * @param rate requests a second
 */
export function openLoad(url: string, rate: number, asked: (nth: number) => Ask): Load {
  const pool = new Pool(url, { connections: null, keepAliveTimeout: 1_000, keepAliveMaxTimeout: 1_000 })
  const sent: Sent[] = []
  const underWay = new Set<Promise<unknown>>()
  const begun = performance.now()
  let count = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const turn = () => {
    const due = Math.floor(((performance.now() - begun) * rate) / 1000) + 1
    while (count < due) {
      const one = begin(pool, asked(count++))
      sent.push(one.sent)
      underWay.add(one.over)
      one.over.then(() => underWay.delete(one.over))
    }
    timer = setTimeout(turn, Math.max(1, begun + (count * 1000) / rate - performance.now()))
  }
  turn()

  return {
    sent,
    stop: async () => {
      clearTimeout(timer)
      await Promise.all(underWay)
      await pool.close()
    },
  }
}

/** Sends requests one after the other. */
export async function sendAll(url: string, asks: readonly Ask[]): Promise<Sent[]> {
  const pool = new Pool(url)
  const sent: Sent[] = []
  for (const ask of asks) sent.push(await begin(pool, ask).over)
  await pool.close()
  return sent
}

/** Sends a request; `over` never rejects. */
function begin(pool: Pool, ask: Ask): { sent: Sent; over: Promise<Sent> } {
  const sent: Sent = {
    ask,
    start: performance.now(),
    head: undefined,
    end: undefined,
    status: 0,
    isPartial: false,
    isWhole: false,
    isCut: false,
    hasAlways: false,
    hasLeft: false,
    code: undefined,
    failure: undefined,
  }
  return { sent, over: run(pool, ask, sent) }
}

async function run(pool: Pool, ask: Ask, sent: Sent): Promise<Sent> {
  const { method, path, client, body, proof, always = '', leavesAfter } = ask
  const signal = AbortSignal.timeout(leavesAfter ?? PATIENCE)
  try {
    const answer = await pool.request({
      method,
      path,
      headers: { ...(client && { 'x-client': client }), ...(body && { 'content-type': 'application/json' }) },
      body: body ? JSON.stringify(body) : null,
      signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    sent.head = performance.now()
    sent.status = answer.statusCode
    sent.isPartial = answer.headers['facet-partial'] !== undefined
    const text = await answer.body.text()
    sent.code = answer.statusCode < 400 ? undefined : /code(?:":"|>)([a-z-]+)/.exec(text)?.[1]
    const said = text.replace(/": /g, '":')
    sent.isWhole = answer.statusCode < 300 && !sent.isPartial && said.includes(proof)
    sent.hasAlways = said.includes(always)
  } catch (error) {
    if (leavesAfter !== undefined && error === signal.reason) sent.hasLeft = true
    else if (sent.head === undefined) sent.failure = String(error)
    else sent.isCut = true
  }
  sent.end = performance.now()
  return sent
}
