import { expect, test } from 'vitest'
import { behind, chinaDay, percent, questionOf } from './question'

const NOW = Date.parse('2026-03-01T17:00:00Z')

test('given an hour after midnight in China when asked for the day then it is the new one', () => {
  expect(chinaDay(NOW)).toBe('2026-03-02')
  expect(chinaDay(NOW, -1)).toBe('2026-03-01')
})

test('given an address without anything when read then it asks for two weeks by day', () => {
  expect(questionOf({}, NOW)).toEqual({ by: 'day', from: '2026-02-17', to: '2026-03-02' })
  expect(questionOf({ by: 'moon', from: '2026-01-01', to: ['x'] }, NOW)).toEqual({ by: 'day', from: '2026-01-01', to: '2026-03-02' })
})

test('given a line when followed then it leads to its calls, and only where a list can be asked', () => {
  const asked = { by: 'result' as const, from: '2026-03-01', to: '2026-03-02' }
  expect(behind('result', 'busy', asked)).toBe('/calls?result=busy&since=2026-03-01T00%3A00%3A00%2B08%3A00&until=2026-03-02T23%3A59%3A59%2B08%3A00')
  expect(behind('matter', '社保', asked)).toBeNull()
})

test('given a rate when drawn then it has one decimal, and nothing stays nothing', () => {
  expect(percent({ answer_rate: 0.7344 })).toBe(73.4)
  expect(percent({ answer_rate: null })).toBeNull()
})
