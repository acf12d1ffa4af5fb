import { fetchOnce } from './fetch.ts'

/** How often the service of answers (answers.ts) was asked for an id; for any, where none is given. */
export async function callsFor({ ANSWERS_URL = '' }: Record<string, string>, id = ''): Promise<number> {
  const { body } = await fetchOnce(Number(new URL(ANSWERS_URL).port), `/calls/${id}`)
  return Number(body.toString())
}
