import { expect, it } from 'vitest'
import { browserName } from './browser'

it.each([
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36 Edg/148.0.0.0', 'Edge 148 · Windows'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile Safari/604.1', 'Safari 19 · iOS'],
  ['Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile MicroMessenger/8.0.61', 'WeChat 8.0.61 · Android'],
  ['curl/8.5', 'curl/8.5'],
  ['', '—'],
])('given %s, when named, then %s', (agent, name) => {
  expect(browserName(agent)).toBe(name)
})
