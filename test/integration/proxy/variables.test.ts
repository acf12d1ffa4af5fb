// What a proxied route takes from the environment is looked at when the app starts, together with what all backends take from there.
import { expect, test } from '@jest/globals'
import { env, proxy, rest } from 'facet'
import { harness } from 'facet/testing'

const URL_ = 'http://127.0.0.1:9'
const routes = {
  a: proxy('ANY /a/*path', rest('crm', { url: env('CRM_URL'), headers: { authorization: env('CRM_KEY') } }), {
    headers: {
      request: { set: { 'X-Key': env('A_KEY'), 'x-plain': 'said', 'x-made': () => 'made' } },
      response: { set: { 'x-tier': env('A_TIER') } },
    },
  }),
  b: proxy('GET /b/*path', URL_, {
    query: { add: { key: env('B_KEY'), site: 'main' } },
    targets: [{ to: env('B_URL'), weight: 0.1 }],
    shadow: { to: env('C_URL') },
  }),
}
const whole = { CRM_URL: URL_, CRM_KEY: 'k', A_KEY: 'a', A_TIER: 'b', B_KEY: 'c', B_URL: URL_, C_URL: URL_ }

/** The lines with which an app does not start. */
async function mistakes(environment: Record<string, string>): Promise<string[]> {
  const facet = await harness({ routes, environment }).catch((error: Error) => error.message.split('\n'))
  if (Array.isArray(facet)) return facet
  await facet.close()
  return []
}

test('nothing is wrong where all of it is there', async () => {
  expect(await mistakes(whole)).toEqual([])
})

test('all that is missing is told at once, by variable, route and option', async () => {
  expect(await mistakes({ A_TIER: '' })).toEqual([
    expect.stringMatching(/^CRM_URL is not set: expected the http or https URL of backend 'crm'/),
    "CRM_KEY is not set: expected what backend 'crm' is sent as 'authorization'",
    expect.stringMatching(/^B_URL is not set: expected the http or https URL of backend 'get.b:0'/),
    expect.stringMatching(/^C_URL is not set: expected the http or https URL of backend 'get.b:shadow'/),
    "A_KEY is not set: expected what proxy 'ANY /a/*path' says at 'headers.request.set.x-key'",
    "A_TIER is not set: expected what proxy 'ANY /a/*path' says at 'headers.response.set.x-tier'",
    "B_KEY is not set: expected what proxy 'GET /b/*path' says at 'query.add.key'",
  ])
})

test('what cannot be sent is told with it, and not shown', async () => {
  expect(await mistakes({ ...whole, A_KEY: 'hunter2\r\nX-Evil: 1', A_TIER: 'Łódź', B_KEY: 'hunter2\ud800' })).toEqual([
    "A_KEY has characters that no header can carry: expected what proxy 'ANY /a/*path' says at 'headers.request.set.x-key'",
    "A_TIER has characters that no header can carry: expected what proxy 'ANY /a/*path' says at 'headers.response.set.x-tier'",
    "B_KEY has characters that no query can carry: expected what proxy 'GET /b/*path' says at 'query.add.key'",
  ])
})
