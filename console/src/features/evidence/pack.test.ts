import { describe, expect, it } from 'vitest'
import { percentOf, requestOf, wishOf } from './pack'

const filled = {
  call_id: ' c ',
  phone: ' 13812345678 ',
  complaint_id: 'k',
  days: ['2026-02-01', '2026-02-09'] as [string, string],
  reason: 'r',
  with_recordings: true,
  whole_phones: false,
}

describe('request of an evidence pack', () => {
  it.each([
    ['call', { call_id: 'c' }],
    ['callee', { phone: '13812345678' }],
    ['complaint', { complaint_id: 'k' }],
    ['period', { first_day: '2026-02-01', last_day: '2026-02-09' }],
  ] as const)('given a form in which everything was filled in, when it is about a %s, then nothing else is asked for', (kind, subject) => {
    expect(requestOf({ ...filled, kind })).toEqual({ reason: 'r', with_recordings: true, whole_phones: false, ...subject })
  })

  it('given an address, then its complaint or call is chosen, else a period', () => {
    expect(wishOf({ complaint: 'k' })).toMatchObject({ kind: 'complaint', complaint_id: 'k' })
    expect(wishOf({ call: 'c' })).toMatchObject({ kind: 'call', call_id: 'c' })
    expect(wishOf({ phone: '13812345678' })).toMatchObject({ kind: 'period', phone: '' })
  })
})

describe('progress', () => {
  it('given units, then the share is told, never more than the whole', () => {
    expect(percentOf({ state: 'running', done_units: 3, total_units: 2 })).toBe(100)
    expect(percentOf({ state: 'running', done_units: 1, total_units: 4 })).toBe(25)
    expect(percentOf({ state: 'queued', done_units: 0, total_units: null })).toBeNull()
    expect(percentOf({ state: 'done', done_units: 0, total_units: null })).toBe(100)
  })
})
