import { describe, expect, it } from 'vitest'
import { holdRequestOf, savedBy } from './holds'

const filled = {
  call_id: ' c ',
  phone: ' 13812345678 ',
  days: ['2026-02-01', '2026-02-09'] as [string, string],
  script: ' your-turn ',
  reason: '投诉 12',
  ends_on: null,
}

describe('request of a hold', () => {
  it.each([
    ['call', { call_id: 'c' }],
    ['callee', { phone: '13812345678' }],
    ['period', { first_day: '2026-02-01', last_day: '2026-02-09', script: 'your-turn' }],
  ] as const)('given a form in which everything was filled in, when it holds a %s, then nothing else is asked for', (kind, subject) => {
    expect(holdRequestOf({ ...filled, kind })).toEqual({ reason: '投诉 12', ends_on: null, ...subject })
  })

  it('given no script, then none is named', () => {
    expect(holdRequestOf({ ...filled, kind: 'period', script: ' ' }).script).toBeNull()
  })
})

describe('what a hold saved', () => {
  it('given counts, then they are told, and nothing is told of nothing', () => {
    expect(savedBy({ calls_saved: 0, messages_saved: 0 })).toBeNull()
    expect(savedBy({ calls_saved: 0, messages_saved: 2 })).toEqual({ calls: 0, messages: 2 })
  })
})
