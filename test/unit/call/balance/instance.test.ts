import { describe, expect, test } from '@jest/globals'
import { Instance } from '../../../../src/call/balance/instance.ts'
import { reportOf } from '../../../../src/call/balance/report.ts'

const of = (url: string, address?: string) => new Instance(address === undefined ? { url } : { url, address })

describe('an instance tells where to connect from who is meant', () => {
  test.each([
    ['http://crm.test', undefined, 'crm.test:80', 'crm.test', 'crm.test'],
    ['https://crm.test/base/', undefined, 'crm.test:443', 'crm.test', 'crm.test'],
    ['http://crm.test:8080', '10.0.0.1:8080', '10.0.0.1:8080', 'crm.test:8080', 'crm.test'],
    ['https://crm.test', '[fd00::1]:443', '[fd00::1]:443', 'crm.test', 'crm.test'],
    ['https://_https._tcp.crm.test', 'node-1.crm.test:8443', 'node-1.crm.test:8443', 'crm.test', 'crm.test'],
    ['http://10.0.0.1:81', undefined, '10.0.0.1:81', '10.0.0.1:81', undefined],
    ['http://[::1]:81', undefined, '[::1]:81', '[::1]:81', undefined],
  ])('%s at %s', (url, given, address, authority, serverName) => {
    expect(of(url, given)).toMatchObject({ url, address, authority, serverName })
    expect(of(url, given).origin).toBe(`${new URL(url).protocol}//${address}`)
  })

  test('and keeps its base path as it was said', () => {
    expect(of('https://crm.test/base/', '10.0.0.1:443').pathname).toBe('/base/')
  })

  test('two are the same if both are', () => {
    expect(of('http://a.test').id).toBe(of('http://a.test', 'a.test:80').id)
    expect(of('http://a.test', '10.0.0.1:80').id).not.toBe(of('http://b.test', '10.0.0.1:80').id)
    expect(of('http://a.test', '10.0.0.1:80').id).not.toBe(of('http://a.test', '10.0.0.2:80').id)
  })
})

test('a report says the worst that holds', () => {
  const instance = of('http://a.test', '10.0.0.1:80')
  const state = () => reportOf(instance).state
  expect(reportOf(instance)).toEqual({
    url: 'http://a.test',
    address: '10.0.0.1:80',
    weight: 1,
    inFlight: 0,
    state: 'in service',
    ramp: 1,
  })
  instance.enter(60_000)
  expect(reportOf(instance)).toMatchObject({ state: 'slow', ramp: 0.1 })
  instance.breaker = { available: false }
  expect(state()).toBe('open')
  instance.ejected = true
  expect(state()).toBe('ejected')
  instance.healthy = false
  expect(state()).toBe('unhealthy')
})
