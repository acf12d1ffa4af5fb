import { afterEach, expect, test } from '@jest/globals'
import { endAll, runScript } from '../process/child.ts'
import { fences, page } from './pages.ts'

const ANY = { PORT: '0', CRM_PORT: '0', SHOP_PORT: '0', BILLING_PORT: '0', RATES_PORT: '0' }

afterEach(endAll)

/** Without the lines of endpoints that somebody has who did what the pages say: they are not there at the beginning. */
function withoutOwn(output: string): string {
  const own = fences('ts').flatMap(({ text }) => /^export default \w+\('(\w+ \S+)'/m.exec(text)?.[1] ?? [])
  return output
    .split('\n')
    .filter((line) => !own.some((route) => line.startsWith(`  ${route.padEnd(34)}`)))
    .join('\n')
}

test('npm run demo prints what the README says', async () => {
  const shown = page('README.md').fences.find(({ text }) => text.startsWith('Facet listens on'))?.text
  const demo = runScript('demo', ANY)
  const [, port] = await demo.until(/Facet listens on http:\/\/127\.0\.0\.1:(\d+);/)
  await demo.until(/Ctrl-C/)
  const printed = demo.out().replaceAll(`127.0.0.1:${port}`, '127.0.0.1:3000').trim()
  expect(withoutOwn(printed)).toBe(shown)
})
