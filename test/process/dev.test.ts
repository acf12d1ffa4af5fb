import { afterEach, expect, test } from '@jest/globals'
import { endAll, eventually, freePorts, runScript } from './child.ts'
import { makeProject, removeProjects, route } from './project.ts'
import { accepts } from './socket.ts'

const saying = (word: string) => route('GET /word', `.merge(() => ({ word: '${word}' }))`)

const WEB_NEW = `import created from '../../routes/v2/new.ts'
import { web } from './_client.ts'
export default web.transform(created, ({ word }) => ({ web: word }))
`

afterEach(async () => {
  await endAll()
  removeProjects()
})

test('npm run dev serves what route and transform files say since they were last saved, new ones too', async () => {
  const [PORT = 0] = await freePorts(1)
  const project = makeProject({
    'routes/_words.ts': "export const first = 'one'\n",
    'routes/word.ts': saying('one'),
    'routes/imported.ts': `import { first } from './_words.ts'\n${route('GET /imported', '.merge(() => ({ word: first }))')}`,
    'transforms/web/_client.ts':
      "import { client } from 'facet'\nexport const web = client('web', { default: true })\n",
    'transforms/web/word.ts': `import word from '../../routes/word.ts'
import { web } from './_client.ts'
export default web.transform(word, ({ word }) => ({ web: word }))
`,
  })
  const mocks = { CRM_PORT: '0', SHOP_PORT: '0', BILLING_PORT: '0', RATES_PORT: '0' }
  const dev = runScript('dev', { ...project.variables, ...mocks, PORT: String(PORT) })
  const url = `http://127.0.0.1:${PORT}`
  const says = (path: string, wanted: object) =>
    eventually(`${path} says ${JSON.stringify(wanted)}:\n${dev.out()}\n${dev.err()}`, async () => {
      const reply = await fetch(url + path, { headers: { connection: 'close' } }).catch(() => undefined)
      return (await reply?.text()) === JSON.stringify(wanted)
    })

  await says('/word', { web: 'one' })
  project.write('routes/word.ts', saying('two'))
  await says('/word', { web: 'two' })
  project.write('routes/_words.ts', "export const first = 'three'\n")
  await says('/imported', { word: 'three' })

  project.write('routes/v2/new.ts', route('GET /new', ".merge(() => ({ word: 'new' }))"))
  await says('/new', { word: 'new' })
  project.write('transforms/web/v2-new.ts', WEB_NEW)
  await says('/new', { web: 'new' })

  // A mistake is told, and correcting it is enough.
  project.write('routes/word.ts', route('GETT /word'))
  await dev.until(/routes\/word\.ts: route 'GETT \/word'/)
  await eventually('nothing listens', async () => !(await accepts(url)))
  project.write('routes/word.ts', saying('four'))
  await says('/word', { web: 'four' })

  dev.kill('SIGINT')
  expect(await dev.ended).toBe(0)
  expect(await accepts(url)).toBe(false)
})
