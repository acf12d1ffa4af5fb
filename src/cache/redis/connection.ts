import { createClient, createCluster, RESP_TYPES } from '@redis/client'

/** Where Redis is. */
export interface RedisAddress {
  /** `redis://` or, over TLS, `rediss://`; of a cluster one or more of its nodes. */
  readonly urls: readonly string[]
  readonly isCluster: boolean
}

/** What a command answers: values as bytes, states as text. */
export type Reply = Buffer | string | number | null | readonly Reply[]

/** Connections to one Redis server or cluster, which come back by themselves. */
export interface RedisConnection {
  /**
   * Sends a command; those of one turn of the event loop go out together. Rejects at once where there is no connection.
   *
   * @param key the one that decides which node of a cluster is asked; undefined where any will do
   */
  send(key: string | undefined, command: readonly (string | Buffer)[]): Promise<Reply>
  /** What went wrong last with a connection: a command that finds none says no more than that. */
  readonly trouble: unknown
  /** Resolves when it is known for the first time whether there is a connection. */
  readonly tried: Promise<void>
  close(): void
}

type Clients = Pick<ReturnType<typeof open>['client'], 'connect' | 'destroy' | 'isOpen' | 'on' | 'subscribe'>

/** Milliseconds. */
const CONNECT_WITHIN = 2_000
const AGAIN = 250
const LONGEST_PAUSE = 1_000
/** A connection on which a question has gone unanswered for that long is given up, and opened anew. */
const SILENT = 3_000

const OPTIONS = {
  // What cannot be said now must not be said later: whoever wanted it has gone on without.
  disableOfflineQueue: true,
  pingInterval: 1_000,
  maintNotifications: 'disabled',
  socket: {
    connectTimeout: CONNECT_WITHIN,
    socketTimeout: SILENT,
    keepAlive: true,
    reconnectStrategy: (retries: number) => Math.min(50 * 2 ** retries, LONGEST_PAUSE),
  },
} as const

/**
 * Opens connections, and opens them again for as long as it takes.
 *
 * @param channel what to listen to
 * @param onMessage is told what is published there
 */
export function connectRedis(
  address: RedisAddress,
  channel: string,
  onMessage: (message: string) => void,
): RedisConnection {
  const { client, send, subscriber } = open(address)
  let isClosed = false
  let trouble: unknown
  let tell: () => void = () => {}
  const tried = new Promise<void>((resolve) => {
    tell = resolve
  })
  const connect = async (one: Clients, then: () => Promise<unknown> = async () => {}) => {
    one.on('error', (error: unknown) => {
      trouble = error
      tell()
    })
    while (!isClosed) {
      try {
        // What failed may have been what comes after it.
        if (!one.isOpen) await one.connect()
        if (isClosed) return end(one)
        tell()
        return void (await then())
      } catch (error) {
        trouble = error
        tell()
        await new Promise((resolve) => void setTimeout(resolve, AGAIN).unref())
      }
    }
  }
  const listen = (one: Clients) => one.subscribe(channel, onMessage)
  if (subscriber === client) void connect(client, () => listen(client))
  else {
    void connect(client)
    void connect(subscriber, () => listen(subscriber))
  }
  return {
    send,
    tried,
    get trouble() {
      return trouble
    },
    close: () => {
      isClosed = true
      for (const one of new Set([client, subscriber])) end(one)
    },
  }
}

function end(client: Clients): void {
  try {
    client.destroy()
  } catch {
    // It was never open.
  }
}

/**
 * Nothing waits here for long: a connection that is lost or silent takes with it what has not been written. The client's own
 * timeout would make an AbortSignal for each command: 47 µs a hit instead of 30.
 */
const AS_BYTES = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer }, timeout: 0 }

function open({ urls, isCluster }: RedisAddress) {
  if (isCluster) {
    const { username, password, protocol } = new URL(urls[0] as string)
    const credentials = {
      ...(username && { username: decodeURIComponent(username) }),
      ...(password && { password: decodeURIComponent(password) }),
    }
    const socket = { ...OPTIONS.socket, ...(protocol === 'rediss:' && { tls: true as const }) }
    const cluster = createCluster({
      rootNodes: urls.map((url) => ({ url })),
      defaults: { ...OPTIONS, ...credentials, socket },
    })
    const send = (key: string | undefined, command: readonly (string | Buffer)[]) =>
      cluster.sendCommand(key, false, command as (string | Buffer)[], AS_BYTES) as Promise<unknown> as Promise<Reply>
    return { client: cluster, subscriber: cluster, send }
  }
  const client = createClient({ ...OPTIONS, url: urls[0] as string })
  const send = (_key: string | undefined, command: readonly (string | Buffer)[]) =>
    client.sendCommand(command as (string | Buffer)[], AS_BYTES) as Promise<unknown> as Promise<Reply>
  return { client, subscriber: client.duplicate(), send }
}
