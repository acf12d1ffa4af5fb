import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { Inside } from './facet.ts'
import type { Program } from './process.ts'

/** How a process fares, as seen from outside where the system tells it (Linux), and as it says itself. */
export interface Vitals extends Inside {
  /** Open sockets, those that it listens on among them. */
  readonly sockets: number
  /** Resident memory, in MB. */
  readonly rssMb: number
}

export async function vitalsOf(program: Program): Promise<Vitals> {
  const inside = await program.ask<Inside>('inside')
  return {
    ...inside,
    sockets: socketsOf(program.pid) ?? socketsSaid(inside),
    rssMb: rssOf(program.pid) ?? inside.rssMb,
  }
}

function socketsOf(pid: number): number | undefined {
  const folder = `/proc/${pid}/fd`
  if (!existsSync(folder)) return undefined
  return readdirSync(folder).filter((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`).startsWith('socket:')
    } catch {
      return false // Closed in the meantime.
    }
  }).length
}

function socketsSaid({ resources }: Inside): number {
  return (resources.TCPSocketWrap ?? 0) + (resources.TCPServerWrap ?? 0)
}

function rssOf(pid: number): number | undefined {
  const status = `/proc/${pid}/status`
  if (!existsSync(status)) return undefined
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1]) / 1024
}
