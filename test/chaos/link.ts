import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What is wrong with a link: connections are reset at once, or are forgotten, or answers come late, or a few bytes at a time. */
export type LinkFault =
  | { readonly kind: 'reset' }
  | { readonly kind: 'lose' }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'trickle'; readonly bytes: number; readonly ms: number }

/** A TCP port in front of another, with what can go wrong on the way. */
export interface Link {
  readonly port: number
  /** From now on, also for what is under way; undefined heals it, and lets go at once of what was held back. */
  set(fault: LinkFault | undefined): void
  close(): Promise<void>
}

/**
 * Opens a link to a port of this machine. Requests go through as they come, and faults are those of answers: it works for
 * whatever is spoken on it.
 *
 * @param port where it listens; 0 is any free one
 */
export async function openLink(target: number, port = 0): Promise<Link> {
  const clients = new Set<Socket>()
  const holds = new Set<() => void>()
  let fault: LinkFault | undefined

  /** Waits, or until the fault changes. */
  const hold = (ms: number) =>
    new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer)
        holds.delete(end)
        resolve()
      }
      const timer = setTimeout(end, ms)
      holds.add(end)
    })

  async function answer(from: Socket, to: Socket): Promise<void> {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      if (fault?.kind === 'lose') return forget(to)
      let rest = chunk
      if (fault?.kind === 'slow') await hold(fault.ms)
      while (fault?.kind === 'trickle' && rest.length > fault.bytes && !to.destroyed) {
        const { bytes, ms } = fault
        to.write(rest.subarray(0, bytes))
        rest = rest.subarray(bytes)
        await hold(ms)
      }
      to.write(rest)
    }
    to.end()
  }

  /** Nothing more is ever heard on the connection, also after all is healed: it is for the client to close it. */
  const forget = (client: Socket) => {
    client.unpipe()
    client.resume().once('end', () => client.destroy())
  }

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    if (fault?.kind === 'reset') return void client.resetAndDestroy()
    clients.add(client)
    const backend = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    client.once('close', () => {
      clients.delete(client)
      backend.destroy()
    })
    client.on('error', () => backend.destroy())
    client.pipe(backend)
    // A backend that breaks its connection breaks the client's.
    answer(backend, client).catch(() => client.resetAndDestroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    set: (changed) => {
      fault = changed
      for (const end of [...holds]) end()
      if (fault?.kind === 'reset') for (const client of [...clients]) client.resetAndDestroy()
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const client of clients) client.destroy()
      }),
  }
}
