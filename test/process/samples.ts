import { route } from './project.ts'

/** A client's file. */
export const clientFile = (name: string, options = '{ default: true }'): string =>
  `import { client } from 'facet'\nexport const ${name} = client('${name}', ${options})\n`

/** A transform's file. */
export const transformFile = (client: string, endpoint: string, rest: string): string =>
  `import endpoint from '../../routes/${endpoint}.ts'\nimport { ${client} } from './_client.ts'\nexport default ${client}.transform(endpoint, ${rest})\n`

/** An endpoint that needs no backend. */
export const HELLO = { 'routes/hello.ts': route('GET /hello', ".merge(() => ({ hello: 'world' }))") }

/** A client of it that wants something else. */
export const WATCH = {
  'transforms/watch/_client.ts': clientFile('watch'),
  'transforms/watch/hello.ts': transformFile('watch', 'hello', '({ hello }) => [hello]'),
}

/** An endpoint with a backend of which the environment says where it is and what it is sent. */
export const GREETER = {
  'routes/_backends/greeter.ts': `import { env, rest } from 'facet'
import { z } from 'zod'
export const greeter = rest('greeter', { url: env('GREETER_URL'), headers: { authorization: env('GREETER_KEY') } })
export const greeting = greeter.get('/greetings/:name', { output: z.object({ text: z.string() }) })
`,
  'routes/greet.ts': `import { endpoint } from 'facet'
import { greeting } from './_backends/greeter.ts'
export default endpoint('GET /greet/:name').source('greeting', greeting, ({ params }) => ({ name: params.name }))
`,
}
