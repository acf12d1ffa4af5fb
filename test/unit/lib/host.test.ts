import { describe, expect, test } from '@jest/globals'
import { isHost } from '../../../src/lib/host.ts'

describe('a host', () => {
  test.each([
    ...['a', 'A.example', 'a.example.', 'a_b', 'xn--bcher-kva.example', 'a-b:8080', 'a:', '127.0.0.1', '127.0.0.1:80'],
    ...[
      '[::1]',
      '[::1]:8443',
      '[2001:db8::7]:',
      '[::ffff:192.0.2.7]',
      '[v1.a:b]',
      'b%C3%BCcher.example',
      "a!$&'()*+,;=b",
    ],
  ])('is %s', (text) => {
    expect(isHost(text)).toBe(true)
  })

  test.each([
    ...['', ':', ':80', 'a b', 'a/b', 'a\\b', 'a?b', 'a#b', 'user@a', 'a, b', 'a"b', '<a>', 'a|b', 'a^b', 'a`b', '{a}'],
    ...['a:b', 'a:80:80', 'a:-1', 'a:8 0', '::1', 'ä', 'a\xff', 'a\0', 'a\tb', 'a\n', 'a\r\nb', 'a%', 'a%2', 'a%zz'],
    ...['[a', '[::1', '::1]', '[]', '[a]', '[::1]a', '[::1]:a', '[:::1]', '[1]', '[127.0.0.1]', '[::1%eth0]', '[v.a]'],
    ...['[v1.]', '[::1]]', '[[::1]]', 'a[::1]', '[::1]\n'],
  ])('is not %j', (text) => {
    expect(isHost(text)).toBe(false)
  })

  test('is told from what is none in a time that only grows with its length', () => {
    const started = performance.now()
    for (const text of [`${'a'.repeat(1e5)}/`, `${'%41'.repeat(5e4)}%`, `[${':'.repeat(1e5)}`, `a:${'1'.repeat(1e5)}x`])
      expect(isHost(text)).toBe(false)
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})
