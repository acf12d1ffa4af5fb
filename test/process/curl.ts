import { run } from './child.ts'

/**
 * Runs a curl line as somebody would type it; where the machine has no curl, does what its few options say.
 *
 * @returns what curl exits with (0 only for a good status) and what it prints
 */
export async function curl(line: string): Promise<{ code: unknown; out: string }> {
  const typed = run('sh', ['-c', `${line} -sS --fail`], {})
  const code = await typed.ended
  return code === 127 ? request(line) : { code, out: typed.out() }
}

async function request(line: string): Promise<{ code: unknown; out: string }> {
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([word, quoted]) => quoted ?? word)
  const url = words.find((word) => word.startsWith('http')) as string
  const after = (option: string) => words.flatMap((word, at) => (word === option ? [words[at + 1] as string] : []))
  const headers = new Headers(after('-H').map((header) => header.split(': ') as [string, string]))
  const [body] = after('-d')
  const reply = await fetch(url, body === undefined ? { headers } : { method: 'POST', headers, body })
  return { code: reply.ok ? 0 : 22, out: await reply.text() }
}
