import { describe, expect, it } from 'vitest'
import { isLive, linesOf, packedIn, shareOf } from './tasks'

describe('tasks', () => {
  it('given a state, then only what waits or runs is alive', () => {
    expect(['queued', 'running', 'done', 'failed', 'cancelled'].filter((state) => isLive({ state }))).toEqual(['queued', 'running'])
  })

  it('given units, then the share stays within 0 and 100, and is unknown without a total', () => {
    expect(shareOf({ done_units: 1, total_units: 3 })).toBe(33)
    expect(shareOf({ done_units: 9, total_units: 3 })).toBe(100)
    expect(shareOf({ done_units: 9, total_units: null })).toBeNull()
    expect(shareOf({ done_units: 0, total_units: 0 })).toBeNull()
  })

  it('given a finished pack, then what it holds is told, also when that is nothing; of other work it is not', () => {
    const report = { calls: 0, messages: 2, files: 9 }
    expect(packedIn({ kind: 'evidence.build', state: 'done', report })).toEqual(report)
    expect(packedIn({ kind: 'evidence.build', state: 'running', report: {} })).toBeNull()
    expect(packedIn({ kind: 'evidence.build', state: 'done', report: { attempts: 3 } })).toBeNull()
    expect(packedIn({ kind: 'exports.write', state: 'done', report })).toBeNull()
  })

  it('given a nested report, then each value has a line of its own', () => {
    expect(linesOf({ rows: 3, by: { good: 2, none: null }, faults: ['a', { row: 2 }] })).toEqual([
      { key: 'rows', value: '3' },
      { key: 'by.good', value: '2' },
      { key: 'by.none', value: '—' },
      { key: 'faults', value: 'a\n{"row":2}' },
    ])
  })
})
