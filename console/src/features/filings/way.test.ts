import { describe, expect, it } from 'vitest'
import type { FilingView } from '@/api/schema'
import { STATES, operatorSteps, tenantSteps, wayOf } from './way'

const AT = '2026-02-09T01:00:00Z'
const FILING = { state: 'reviewed', created_at: AT, submitted_at: AT, submitted_by: '王芳', reviewed_at: AT, reviewed_by: '李静', decided_at: null, decided_by: null, holds_from: null } as FilingView

describe('the way of a filing', () => {
  it('given a reviewed one, then it waits for the second person', () => {
    expect(wayOf(FILING).map((stop) => stop.standing)).toEqual(['past', 'past', 'now', 'ahead', 'ahead'])
  })

  it('given a returned one, then it is at its beginning again', () => {
    expect(wayOf({ ...FILING, state: 'returned' })[0]?.standing).toBe('now')
  })

  it('given a withdrawn one, then nothing of it is to come as now', () => {
    expect(wayOf({ ...FILING, state: 'withdrawn' }).some((stop) => stop.standing === 'now')).toBe(false)
  })
})

describe('steps', () => {
  it('given any state, then never do both sides hold the pen', () => {
    for (const state of STATES) expect(tenantSteps(state).includes('edit') && operatorSteps(state).length > 0).toBe(false)
  })
})
