import { describe, expect, it } from 'vitest'
import type { LiveCallView, LiveView } from '@/api/schema'
import { Board, clockText, inSight, LINGER_MILLISECONDS, spokenShare } from './board'
import { STAGES, type Stage } from './stream'

function call(id: string, stage: Stage, at = '2026-02-09T01:30:00Z'): LiveCallView {
  return {
    call_id: id, notification_id: id, journey_id: null, tenant: 'hall', stage, stage_at: at, started_at: at, answered_at: null,
    ended_at: null, result: null, caller_number: '02160000001', trunk: null, robot: null, purpose: null, scenario: null,
    callee: null, hall: null, queue_number: null, matter: null, window: null, line: null, line_script: null, line_at: null,
    line_seconds: null,
  }
}

function view(calls: LiveCallView[]): LiveView {
  return { at: '2026-02-09T01:31:00Z', calls, robots: [], trunks: [], waiting: [], pauses: [], nodes: [] }
}

const ids = (board: Board) => board.rows().map((row) => row.call_id)

describe('Board', () => {
  it('given a snapshot, then the longest running call comes first and new ones go to the end', () => {
    const board = new Board()
    board.reset(view([call('b', 'ringing', '2026-02-09T01:30:02Z'), call('a', 'speaking', '2026-02-09T01:30:01Z')]))
    board.apply({ at: '', changed: [call('c', 'dialling'), call('a', 'waiting_for_key')], gone: [] }, 0)
    expect(ids(board)).toEqual(['a', 'b', 'c'])
  })

  it('given a call that ends, then it is shown a little longer but is not counted as running', () => {
    const board = new Board()
    board.reset(view([call('a', 'speaking')]))
    board.apply({ at: '', changed: [call('a', 'ended')], gone: [] }, 1000)
    expect(board.running).toBe(0)
    expect(ids(board)).toEqual(['a'])
    board.sweep(1000 + LINGER_MILLISECONDS - 1)
    expect(ids(board)).toEqual(['a'])
    board.sweep(1000 + LINGER_MILLISECONDS)
    expect(ids(board)).toEqual([])
    expect(board.counts.ended).toBe(0)
  })

  it('given the end of a call that was never seen, or an unknown one that is gone, then nothing appears', () => {
    const board = new Board()
    board.apply({ at: '', changed: [call('x', 'ended')], gone: ['y'] }, 0)
    expect(ids(board)).toEqual([])
  })

  it('given many random changes, then the counts are those of the rows', () => {
    const board = new Board()
    let seed = 7
    const next = (most: number): number => (seed = (seed * 48271) % 2147483647) % most
    const every: Stage[] = [...STAGES, 'ended']
    for (let turn = 0; turn < 3000; turn += 1) {
      const id = `c${next(40)}`
      const stage = every[next(every.length)] ?? 'ended'
      board.apply({ at: '', changed: next(5) ? [call(id, stage)] : [], gone: next(9) ? [] : [id] }, turn * 50)
      if (next(4) === 0) board.sweep(turn * 50)
      const rows = board.rows()
      for (const one of every) expect(board.counts[one]).toBe(rows.filter((row) => row.stage === one).length)
      expect(board.running).toBe(rows.filter((row) => row.stage !== 'ended').length)
    }
  })
})

describe('clockText', () => {
  it.each([
    [-5, '0:00'],
    [7999, '0:07'],
    [754_000, '12:34'],
    [3_723_000, '1:02:03'],
  ])('given %d ms, then %s', (milliseconds, text) => expect(clockText(milliseconds)).toBe(text))
})

describe('spokenShare', () => {
  const at = Date.parse('2026-02-09T01:30:00Z')
  const line = { ...call('a', 'speaking'), line: '请到 3 号窗口', line_at: '2026-02-09T01:30:00Z', line_seconds: 4 }

  it('given a line that is being spoken, then its share never leaves 0 to 1', () => {
    expect([-9, 0, 1, 4, 99].map((second) => spokenShare(line, at + second * 1000))).toEqual([0, 0, 0.25, 1, 1])
  })

  it('given a call that says nothing, then there is no share', () => {
    expect(spokenShare({ ...line, stage: 'waiting_for_key' }, at)).toBeNull()
    expect(spokenShare({ ...line, line_seconds: null }, at)).toBeNull()
  })
})

describe('inSight', () => {
  it.each([
    [500, 0, [0, 14]],
    [500, 4000, [96, 114]],
    [3, 0, [0, 3]],
    [0, 900, [0, 0]],
    [5, 9000, [5, 5]],
  ])('given %d rows at %d px, then %j', (count, top, rows) => expect(inSight(count, 40, top, 400)).toEqual(rows))
})
