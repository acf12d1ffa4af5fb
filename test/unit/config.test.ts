import { describe, expect, test } from '@jest/globals'
import { describeVariables, env, isEnvironmentVariable, readConfig } from '../../src/config.ts'
import { DefinitionError } from '../../src/errors.ts'

/** The lines of what is wrong with an environment. */
function mistakes(environment: Record<string, string>): string[] {
  try {
    readConfig(environment)
  } catch (error) {
    expect(error).toBeInstanceOf(DefinitionError)
    return (error as Error).message.split('\n')
  }
  return []
}

describe('the settings', () => {
  test('of Redis', () => {
    const urls = ['redis://a:7000', 'rediss://u:p@b:7001']
    const bounds = { REDIS_PREFIX: 'x:', REDIS_WAIT_MS: '100', REDIS_COMPRESS_BYTES: '1' }
    const config = readConfig({ REDIS_URL: urls.join(), REDIS_CLUSTER: 'on', ...bounds })
    expect(config.cacheStore).toBe('tiered')
    expect(config.redis).toEqual({ urls, isCluster: true, prefix: 'x:', wait: 100, compressAbove: 1 })
    expect(readConfig({ REDIS_URL: 'redis://a', CACHE_STORE: 'redis' }).cacheStore).toBe('redis')
    expect(readConfig({ REDIS_URL: 'redis://a', CACHE_STORE: 'memory' }).cacheStore).toBe('memory')
  })

  test('have defaults where nothing is set', () => {
    const { environment, ...settings } = readConfig({})
    expect(settings).toEqual({
      ...{ port: 3000, host: '0.0.0.0', workers: 1, routes: './routes', transforms: './transforms' },
      ...{
        logLevel: 'info',
        serverTiming: false,
        cacheKeys: false,
        freeze: false,
        trustProxy: { count: 0, headers: new Set(['x-forwarded-for', 'x-forwarded-proto']) },
        viaPseudonym: undefined,
      },
      ...{ cacheMaxBytes: 134_217_728, cacheMaxEntries: 100_000, bodyMaxBytes: 1_048_576, urlMaxBytes: 8_192 },
      ...{ shutdownSeconds: 10, controlPort: 3001, controlToken: undefined },
      ...{ cacheStore: 'memory', redis: undefined },
    })
    expect(environment).toEqual({})
  })

  test.each([
    ['Forwarded', ['forwarded']],
    ['X-Forwarded-For,x-forwarded-HOST', ['x-forwarded-for', 'x-forwarded-host']],
    ['x-forwarded-proto,x-forwarded-port', ['x-forwarded-proto', 'x-forwarded-port']],
  ])('say in which headers proxies are believed: %s', (names, expected) => {
    const config = readConfig({ TRUST_PROXY: '2', TRUST_PROXY_HEADERS: names })
    expect(config.trustProxy).toEqual({ count: 2, headers: new Set(expected) })
  })

  test('take empty variables for variables that are not set', () => {
    const names = describeVariables().map(({ name }) => name)
    const empty = Object.fromEntries(names.map((name) => [name, '']))
    expect({ ...readConfig(empty), environment: {} }).toEqual({ ...readConfig({}), environment: {} })
  })

  test('are what is set, and frozen', () => {
    const config = readConfig({
      ...{
        PORT: '0',
        HOST: '127.0.0.1',
        WORKERS: '4',
        FACET_ROUTES: '/r',
        FACET_TRANSFORMS: '/t',
        LOG_LEVEL: 'silent',
      },
      ...{
        SERVER_TIMING: 'on',
        CACHE_KEYS: 'on',
        CACHE_MAX_BYTES: '1000',
        CACHE_MAX_ENTRIES: '10',
        BODY_MAX_BYTES: '1',
      },
      ...{
        URL_MAX_BYTES: '100',
        SHUTDOWN_SECONDS: '0.5',
        CONTROL_PORT: '65535',
        CONTROL_TOKEN: '0123456789abcdef',
        NODE_ENV: 'test',
      },
      OTHER: 'not ours',
    })
    expect(config).toMatchObject({
      ...{
        port: 0,
        host: '127.0.0.1',
        workers: 4,
        routes: '/r',
        transforms: '/t',
        logLevel: 'silent',
        serverTiming: true,
      },
      ...{ cacheKeys: true, cacheMaxBytes: 1_000, cacheMaxEntries: 10, bodyMaxBytes: 1, urlMaxBytes: 100 },
      ...{ shutdownSeconds: 0.5, controlPort: 65_535, controlToken: '0123456789abcdef', freeze: true },
    })
    expect(config.environment.OTHER).toBe('not ours')
    expect(Object.isFrozen(config)).toBe(true)
  })
})

describe('a variable that is wrong', () => {
  test.each([
    ...['abc', ' ', '-1', '65536', '3000.5', '0x10', '1e3', '3000 ', 'Infinity', 'NaN', '٣'].map((value) => [
      'PORT',
      value,
    ]),
    ...['0', '257', 'two', '1.5'].map((value) => ['WORKERS', value]),
    ...['0', '-5', '1MB', '1_000', '99999999999999999999'].map((value) => ['CACHE_MAX_BYTES', value]),
    ...['-1', '3601', 'soon', '.5'].map((value) => ['SHUTDOWN_SECONDS', value]),
    ...['true', '1', 'ON', 'yes'].map((value) => ['SERVER_TIMING', value]),
    ...['verbose', 'INFO'].map((value) => ['LOG_LEVEL', value]),
    ...['forwarded,x-forwarded-for', 'x-real-ip', 'x-forwarded-for,', 'x-forwarded-for, x-forwarded-host', 'all'].map(
      (value) => ['TRUST_PROXY_HEADERS', value],
    ),
  ] as [string, string][])('stops the start with its name, its value and what was expected: %s=%s', (name, value) => {
    const [line, ...more] = mistakes({ [name]: value })
    expect(more).toEqual([])
    expect(line).toMatch(new RegExp(`^${name}: '`))
    expect(line).toContain(`'${value}' does not fit: `)
    expect(line?.split('does not fit: ')[1]?.length).toBeGreaterThan(10)
  })

  test('is told with all the others that are', () => {
    const lines = mistakes({
      ...{ PORT: 'a', WORKERS: 'b', LOG_LEVEL: 'c', SERVER_TIMING: 'd', CACHE_KEYS: 'e', CACHE_MAX_BYTES: 'f' },
      ...{ CACHE_MAX_ENTRIES: 'g', BODY_MAX_BYTES: 'h', URL_MAX_BYTES: 'i', SHUTDOWN_SECONDS: 'j', CONTROL_PORT: 'k' },
      CONTROL_TOKEN: 'short',
    })
    expect(lines.map((line) => line.split(':')[0]).toSorted()).toEqual([
      ...[
        'BODY_MAX_BYTES',
        'CACHE_KEYS',
        'CACHE_MAX_BYTES',
        'CACHE_MAX_ENTRIES',
        'CONTROL_PORT',
        'CONTROL_TOKEN',
        'LOG_LEVEL',
      ],
      ...['PORT', 'SERVER_TIMING', 'SHUTDOWN_SECONDS', 'URL_MAX_BYTES', 'WORKERS'],
    ])
  })

  test.each([
    ['several nodes that are no cluster', { REDIS_URL: 'redis://a:1,redis://b:1' }, 'REDIS_CLUSTER=on'],
    ['a store over a Redis that is not there', { CACHE_STORE: 'tiered' }, 'REDIS_URL is not set'],
    ['what is no address of a Redis', { REDIS_URL: 'http://:hunter2@a' }, 'redis:// or rediss://'],
    ['a prefix with what has a meaning to clusters', { REDIS_PREFIX: '{a}' }, 'REDIS_PREFIX'],
  ])('is told of Redis: %s', (_, environment, told) => {
    const lines = mistakes(environment)
    expect(lines).toEqual([expect.stringContaining(told)])
    expect(lines.join()).not.toContain('hunter2')
  })

  test('is not shown where it is a secret', () => {
    const [line] = mistakes({ CONTROL_TOKEN: 'hunter2' })
    expect(line).toMatch(/^CONTROL_TOKEN: its value does not fit: /)
    expect(line).not.toContain('hunter2')
  })
})

test('every variable has a meaning to show, and its fallback', () => {
  const described = describeVariables()
  expect(described.map(({ meaning }) => meaning)).not.toContain('')
  expect(described.find(({ name }) => name === 'PORT')).toEqual({
    name: 'PORT',
    fallback: '3000',
    meaning: 'the port that clients call',
  })
  expect(described.find(({ name }) => name === 'SERVER_TIMING')?.fallback).toBe('off')
  expect(described.find(({ name }) => name === 'CONTROL_TOKEN')?.fallback).toBeUndefined()
})

test('a variable that a route file names is a descriptor and reads nothing', () => {
  expect(env('CRM_URL')).toMatchObject({ name: 'CRM_URL' })
  expect(isEnvironmentVariable(env('CRM_URL'))).toBe(true)
  for (const other of [undefined, null, 'CRM_URL', { name: 'CRM_URL' }])
    expect(isEnvironmentVariable(other)).toBe(false)
})
