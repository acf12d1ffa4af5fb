import { describe, expect, jest, test } from '@jest/globals'
import { env } from '../../../src/config.ts'
import { testCall, testRuntime } from '../support/calls.ts'

describe('what one app’s calls share', () => {
  test('a call is made ready once an app', () => {
    const bind = jest.fn(() => async () => 'v')
    const call = { ...testCall(async () => 'v'), bind }
    const [one, other] = [testRuntime(), testRuntime()]
    expect(one.bind(call)).toBe(one.bind(call))
    other.bind(call)
    expect(bind).toHaveBeenCalledTimes(2)
  })

  test('a thing is made once a key and app, and closed with the app', async () => {
    const closed: string[] = []
    const runtime = testRuntime()
    const [a, b, plain] = [{}, {}, {}]
    const make = (name: string) => () => ({ name, close: async () => void closed.push(name) })
    expect(runtime.single(a, make('a'))).toBe(runtime.single(a, make('never')))
    runtime.single(b, make('b'))
    runtime.single(plain, () => ({}))
    await runtime.close()
    expect(closed).toEqual(['a', 'b'])
  })

  test('a variable has the value of the environment, a text is itself', () => {
    const runtime = testRuntime({ CRM_URL: 'http://crm' })
    expect([runtime.resolve(env('CRM_URL')), runtime.resolve('http://shop')]).toEqual(['http://crm', 'http://shop'])
  })

  test.each([[undefined], ['']])(
    'a variable that is %j is told and not sent as it is: it may be a credential',
    (value) => {
      expect(() => testRuntime({ CRM_AUTHORIZATION: value }).resolve(env('CRM_AUTHORIZATION'))).toThrow(
        'CRM_AUTHORIZATION is not set',
      )
    },
  )
})
