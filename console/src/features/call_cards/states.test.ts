import { describe, expect, it } from 'vitest'
import type { ProfileView } from '@/api/schema'
import { PROFILE_STATES, expired, reasonBody, reasonRows, stepsOf } from './states'

const PROFILE = { state: 'approved', valid_until: '2026-06-30T16:00:00Z' } as ProfileView

describe('a profile', () => {
  it('given an approval with an end, then from that moment on it is over', () => {
    const at = [new Date('2026-06-30T15:59:59Z'), new Date('2026-06-30T16:00:00Z')]
    expect(at.map((now) => expired(PROFILE, now))).toEqual([false, true])
    expect(expired({ ...PROFILE, valid_until: null }, at[1] ?? new Date())).toBe(false)
  })

  it('given a state that is final, then nothing can be done with it', () => {
    expect(PROFILE_STATES.filter((state) => stepsOf(state).length === 0)).toEqual(['withdrawn', 'superseded'])
  })

  it('given reasons, when edited and sent unchanged, then they are the same; an empty row is left out', () => {
    const reasons = { 'your-turn': '叫号通知', menu: '叫号' }
    expect(reasonBody([...reasonRows(reasons), { script: '', text: '' }])).toEqual(reasons)
  })
})
