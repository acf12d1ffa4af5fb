import { type DestinationStream, destination, pino } from 'pino'
import { channels, type RefreshRecord, type RequestRecord, type SourceRecord } from '../channels.ts'
import { backendLines } from './backend-log.ts'
import { failure } from './failure.ts'
import { storeLines } from './store-log.ts'

/** A way to say something that is no request: the start, the stop. */
export interface Log {
  info(fields: object, message: string): void
  error(fields: object, message: string): void
  /** Stops listening and writes out what is buffered. */
  close(): void
}

/** pino's numbers for levels. */
const LEVELS = { info: 30, warn: 40, error: 50 } as const
/** Characters that are written at once, and how long a line waits for others at the most, in milliseconds. */
const PAGE = 32_768
const LONGEST_WAIT = 100

/**
 * Writes one JSON line a request, and one for each refresh that failed behind the scenes, from the channels.
 *
 * A request's line is composed here and goes to pino's destination by the page: pino's way with any object, and its
 * destination's with every line, took 4.5 µs a request, as much as all else that a cached answer costs Facet; this takes 0.7.
 *
 * @param out where lines go; standard output if not said
 * @param page how many characters are written at once; 0 writes each line at once
 */
export function openLog(level: string, out: DestinationStream = standardOutput(), page = PAGE): Log {
  const lines = pages(out, page)
  // Through the same page, so that lines stand in the order in which things happened.
  const log = pino({ level, base: null, timestamp: pino.stdTimeFunctions.epochTime }, lines)
  const enabled = {
    info: log.isLevelEnabled('info'),
    warn: log.isLevelEnabled('warn'),
    error: log.isLevelEnabled('error'),
  }
  const onRequest = (message: unknown) => {
    const record = message as RequestRecord
    const serious = record.code === 'internal' ? 'error' : record.status >= 500 ? 'warn' : 'info'
    if (enabled[serious]) lines.write(requestLine(record, LEVELS[serious]))
  }
  const onRefresh = (message: unknown) => {
    const { key, error } = message as RefreshRecord
    log.warn({ key, ...failure(error) }, 'refresh failed')
  }
  const onStore = storeLines((level, fields, message) => log[level](fields, message))
  const onBackend = backendLines((level, fields, message) => log[level](fields, message))
  channels.request.subscribe(onRequest)
  channels.refresh.subscribe(onRefresh)
  channels.store.subscribe(onStore)
  channels.backend.subscribe(onBackend)
  return {
    info: (fields, message) => log.info(fields, message),
    error: (fields, message) => log.error(fields, message),
    close: () => {
      channels.request.unsubscribe(onRequest)
      channels.refresh.unsubscribe(onRefresh)
      channels.store.unsubscribe(onStore)
      channels.backend.unsubscribe(onBackend)
      lines.flush()
      if ('flushSync' in out && typeof out.flushSync === 'function') out.flushSync()
    },
  }
}

/** Writes in the background, as much at once as there is. */
function standardOutput(): DestinationStream {
  return destination({ fd: 1, sync: false, maxWrite: 4 * PAGE })
}

/** Collects lines until they fill a page or have waited long enough. */
function pages(out: DestinationStream, size: number): { write(line: string): void; flush(): void } {
  let page = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (page === '') return
    const text = page
    page = ''
    out.write(text)
  }
  return {
    flush,
    write: (line) => {
      page += line
      if (page.length >= size) flush()
      else timer ??= setTimeout(flush, LONGEST_WAIT).unref()
    },
  }
}

/** One request as a line of JSON. Milliseconds, to a tenth. What cannot need escaping (ids, tokens, codes) is not escaped. */
function requestLine(record: RequestRecord, level: number): string {
  let line = `{"level":${level},"time":${Date.now()},"id":"${record.id}","method":"${record.method}","path":${JSON.stringify(record.path)}`
  if (record.route !== undefined) line += `,"endpoint":${quoted(record.route)}`
  if (record.client !== undefined) line += `,"client":"${record.client}"`
  line += `,"status":${record.status},"ms":${tenth(record.duration)}`
  if (record.cache !== undefined) line += `,"cache":"${record.cache}"`
  if (record.sources.length > 0) line += `,"sources":{${record.sources.map(sourcePart).join()}}`
  if (record.code !== undefined)
    line += `,"code":"${record.code}",${JSON.stringify(failure(record.error)).slice(1, -1)}`
  return `${line}}\n`
}

function sourcePart({ name, duration, outcome, code, cache }: SourceRecord): string {
  return `"${name}":{"outcome":"${outcome}","ms":${tenth(duration)}${code === undefined ? '' : `,"code":"${code}"`}${cache === undefined ? '' : `,"cache":"${cache}"`}}`
}

/** Routes are as many as the app has. */
const routes = new Map<string, string>()

function quoted(route: string): string {
  const known = routes.get(route)
  if (known !== undefined) return known
  const text = JSON.stringify(route)
  routes.set(route, text)
  return text
}

/** A fraction is written at a multiple of what its two whole numbers cost. */
function tenth(milliseconds: number): string {
  const tenths = Math.round(milliseconds * 10)
  const rest = tenths % 10
  const whole = (tenths - rest) / 10
  return rest === 0 ? `${whole}` : `${whole}.${rest}`
}
