import { describe, expect, it } from 'vitest'
import type { Overview } from '@/api/schema'
import { hoursOf, levelOf, momentOf, notificationParts, quickText, resultParts, withQuery } from './today'

const today = {
  day: '2026-02-09',
  notifications: { total: 9, delivered: 6, delivery_rate: 0.67, by_state: { delivered: 6, failed: 3, expired: 0 } },
  open: { pending: 4, active: 1, due_voice: 2, due_sms: 0, oldest_due_seconds: null },
  calls: { by_result: { answered: 5, busy: 7, barred: 1 } },
  hours: [{ hour: 7, attempts: 3, answered: 1 }, { hour: 9, attempts: 5, answered: 5 }],
} as unknown as Overview

describe('parts of today', () => {
  it('given notifications, then open and finished ones stand together, the most first, and none of nothing', () => {
    const found = notificationParts(today, (key) => key, (to) => to)
    expect(found.map((part) => [part.key, part.count])).toEqual([['delivered', 6], ['pending', 4], ['failed', 3], ['active', 1]])
    expect(found[0]?.to).toBe('/notifications?state=delivered&created_from=2026-02-09T00%3A00%3A00%2B08%3A00')
    expect(found[1]?.to).toBe('/notifications?state=pending')
  })

  it('given results, then each leads to its calls of today, and an unknown one is shown as trouble', () => {
    const found = resultParts(today, (key) => key, (to) => to)
    expect(found.map((part) => part.tone)).toEqual(['warn', 'good', 'bad'])
    expect(found[0]?.to).toContain('/calls?result=busy&since=2026-02-09T00')
  })

  it('given no page to lead to, then the figure stands without a link', () => {
    expect(resultParts(today, (key) => key, () => null).every((part) => part.to === null)).toBe(true)
  })
})

describe('hoursOf', () => {
  it('given calls before eight, then the curve begins there and leaves no hour out', () => {
    const hours = hoursOf(today)
    expect(hours.map((one) => one.hour)).toEqual([7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18])
    expect(hours[1]).toEqual({ hour: 8, attempts: 0, answered: 0 })
  })

  it('given no call at all, then the working day is there, empty', () => {
    expect(hoursOf({ ...today, hours: [] }).length).toBe(11)
  })
})

describe('words', () => {
  it.each([[null, '—'], [0, '0 ms'], [999, '999 ms'], [1400, '1.4 s']])('given %s ms, then %s', (value, text) =>
    expect(quickText(value)).toBe(text),
  )
  it.each([[0, 100, 'bad'], [9, 100, 'warn'], [10, 100, 'good'], [0, 0, 'bad']] as const)('given %d left of %d, then %s', (left, granted, level) =>
    expect(levelOf(left, granted)).toBe(level),
  )
  it('given an hour, then its moment is China’s', () => expect(new Date(momentOf('2026-02-09', 9)).toISOString()).toBe('2026-02-09T01:00:00.000Z'))
  it('given nothing to ask, then the path stands alone', () => expect(withQuery('/calls', { result: '' })).toBe('/calls'))
})
