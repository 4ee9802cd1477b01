import { describe, expect, it } from 'vitest'
import { countdownOf, idsOf, linkable, monthOf, pausable, shareOf, stepsOf, unlinkConsequences, wantedOf } from './desk'

describe('countdown of an answer', () => {
  it.each([
    ['2026-02-12', 'days', 3],
    ['2026-02-10', 'tomorrow', 1],
    ['2026-02-09', 'today', 0],
    ['2026-02-06', 'late', 3],
  ])('given an answer due on %s, when it is 9 February in China, then it says %s %d', (due, key, count) => {
    expect(countdownOf(due, new Date('2026-02-09T01:00:00Z'))).toMatchObject({ key, count })
  })

  it('given the last hour of the day in China, when UTC is still at four in the afternoon, then the day is China’s', () => {
    expect(countdownOf('2026-02-09', new Date('2026-02-09T15:59:00Z')).key).toBe('today')
    expect(countdownOf('2026-02-09', new Date('2026-02-09T16:01:00Z')).key).toBe('late')
  })
})

describe('steps', () => {
  it('given a tenant, then closing and dismissing are never offered', () => {
    for (const state of ['registered', 'investigating', 'answered', 'closed', 'dismissed'] as const) {
      const steps = stepsOf(state, 'tenant')
      expect(steps).not.toContain('close')
      expect(steps).not.toContain('dismiss')
      expect(steps).not.toContain('reopen')
    }
    expect(stepsOf('answered', 'operator')[0]).toBe('close')
  })
})

describe('what can be paused', () => {
  const base = { script_paused_at: null, number_paused_at: null }
  it('given no linked call, then nothing', () => {
    expect(pausable({ ...base, state: 'registered', script_id: null, caller_number_id: null })).toEqual([])
  })
  it('given a paused script, then only the number', () => {
    const one = { ...base, state: 'registered' as const, script_id: 's', caller_number_id: 'n', script_paused_at: 'x' }
    expect(pausable(one)).toEqual(['number'])
    expect(pausable({ ...one, state: 'dismissed' })).toEqual([])
  })
})

describe('months and thresholds', () => {
  it('given the last night of a month in UTC, then the month is China’s', () => {
    expect(monthOf(new Date('2026-01-31T17:00:00Z'))).toBe('2026-02-01')
  })
  it('given a threshold of 0, then the first complaint reaches it and none is nothing', () => {
    expect(shareOf(0, 0)).toBe(0)
    expect(shareOf(1, 0)).toBe(1)
    expect(shareOf(9, 3)).toBe(1)
  })
  it('given pasted ids, then whatever separates them is dropped', () => {
    expect(idsOf(' a，b\n c ')).toEqual(['a', 'b', 'c'])
  })
})

describe('links', () => {
  it('given a state, then a finished complaint offers none', () => {
    expect((['registered', 'investigating', 'answered', 'closed', 'dismissed'] as const).filter(linkable)).toEqual(['registered', 'investigating', 'answered'])
  })

  it('given a filled-in search, then whole days of China are asked for, and nothing that is empty', () => {
    expect(wantedOf({ queue_number: ' A001 ', phone: '', days: ['2026-02-08', '2026-02-09'] })).toEqual({
      queue_number: 'A001',
      phone: undefined,
      since: '2026-02-08T00:00:00+08:00',
      until: '2026-02-10T00:00:00+08:00',
    })
    expect(wantedOf({ queue_number: '', phone: ' 138 ', days: null })).toEqual({ queue_number: undefined, phone: '138', since: undefined, until: undefined })
  })

  it('given a pause, then unlinking says whose it is to end', () => {
    const paused = { script_paused_at: '2026-02-09T02:00:00Z', number_paused_at: null }
    expect(unlinkConsequences(paused, 'operator')[0]).toBe('pause')
    expect(unlinkConsequences(paused, 'tenant')[0]).toBe('pauseOfOperator')
    expect(unlinkConsequences({ script_paused_at: null, number_paused_at: null }, 'tenant')).toEqual(['pack', 'stays'])
  })
})
