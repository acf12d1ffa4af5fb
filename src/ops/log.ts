import { type DestinationStream, destination, pino } from 'pino'
import { channels, type RefreshRecord, type RequestRecord } from '../channels.ts'
import { isFacetError } from '../errors.ts'

/** A way to say something that is no request: the start, the stop. */
export interface Log {
  info(fields: object, message: string): void
  error(fields: object, message: string): void
  /** Stops listening and writes out what is buffered. */
  close(): void
}

/**
 * Writes one JSON line a request, and one for each refresh that failed behind the scenes, from the channels. Lines are
 * buffered for as long as it takes to fill a page, at most 100 ms.
 *
 * @param stream where lines go; standard output if not said
 */
export function openLog(level: string, stream?: DestinationStream): Log {
  const buffered = stream ? undefined : destination({ fd: 1, sync: false, minLength: 4096, periodicFlush: 100 })
  const out = stream ?? (buffered as DestinationStream)
  const log = pino({ level, base: null, timestamp: pino.stdTimeFunctions.epochTime }, out)
  const onRequest = (message: unknown) => {
    const record = message as RequestRecord
    const serious = record.code === 'internal' ? 'error' : record.status >= 500 ? 'warn' : 'info'
    if (log.isLevelEnabled(serious)) log[serious](line(record))
  }
  const onRefresh = (message: unknown) => {
    const { key, error } = message as RefreshRecord
    log.warn({ key, ...failure(error) }, 'refresh failed')
  }
  channels.request.subscribe(onRequest)
  channels.refresh.subscribe(onRefresh)
  return {
    info: (fields, message) => log.info(fields, message),
    error: (fields, message) => log.error(fields, message),
    close: () => {
      channels.request.unsubscribe(onRequest)
      channels.refresh.unsubscribe(onRefresh)
      buffered?.flushSync()
    },
  }
}

/** What stands in the log of a request. Milliseconds, to a tenth. */
function line(record: RequestRecord): object {
  const sources: Record<string, object> = {}
  for (const { name, duration, outcome, code, cache } of record.sources) {
    sources[name] = { outcome, ms: tenth(duration), ...(code && { code }), ...(cache && { cache }) }
  }
  return {
    id: record.id,
    method: record.method,
    path: record.path,
    endpoint: record.route,
    client: record.client,
    status: record.status,
    ms: tenth(record.duration),
    cache: record.cache,
    ...(record.sources.length > 0 && { sources }),
    ...(record.code && { code: record.code, ...failure(record.error) }),
  }
}

/** What went wrong: the whole chain of causes, for people with access to the log. The stack only where the fault is ours. */
function failure(error: unknown): object {
  const causes: string[] = []
  for (let at = error; at instanceof Error && causes.length < 5; at = at.cause) causes.push(at.message)
  const origin = isFacetError(error) && error.code === 'internal' ? error.cause : error
  const source = isFacetError(error) ? error.source : undefined
  const stack = origin instanceof Error && !isFacetError(origin) ? origin.stack : undefined
  return { error: causes.join(': '), ...(source && { source }), ...(stack && { stack }) }
}

function tenth(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}
