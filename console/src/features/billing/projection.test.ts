import { describe, expect, test } from 'vitest'
import type { MeterDay, QuotaView } from '@/api/schema'
import { addDays, bandOf, currentOf, projectionOf } from './projection'

function quota(more: Partial<QuotaView> = {}): QuotaView {
  return {
    id: '1',
    kind: 'voice_notification',
    first_day: '2026-01-01',
    last_day: '2026-12-31',
    quota: 1000,
    used: 280,
    held: 0,
    left: 720,
    amount: 0,
    alarms: [],
    ...more,
  }
}
const meter = (days: number, pieces: number, today: string, kind = 'voice_notification'): MeterDay[] =>
  Array.from({ length: days }, (_, back) => ({ day: addDays(today, -back), kind, pieces, amount: 0 }))

describe('projectionOf', () => {
  test('given ten pieces a day for four weeks then what is left lasts for that many days', () => {
    const found = projectionOf(quota(), meter(40, 10, '2026-03-01'), '2026-03-01')
    expect(found).toEqual({ perDay: 10, endsOn: '2026-05-12', early: true })
  })

  test('given a period that began three days ago then only its own days count', () => {
    const found = projectionOf(quota({ first_day: '2026-02-27' }), meter(40, 10, '2026-03-01'), '2026-03-01')
    expect(found.perDay).toBe(10)
  })

  test('given other kinds only then there is no end', () => {
    expect(projectionOf(quota(), meter(5, 9, '2026-03-01', 'call_card'), '2026-03-01')).toEqual({
      perDay: 0,
      endsOn: null,
      early: false,
    })
  })

  test('given nothing left then it ends today', () => {
    expect(projectionOf(quota({ left: 0 }), [], '2026-03-01')).toMatchObject({ endsOn: '2026-03-01', early: true })
  })

  test('given a slow rate then it outlasts its period', () => {
    expect(projectionOf(quota(), meter(28, 1, '2026-03-01'), '2026-03-01')).toMatchObject({ endsOn: '2028-02-19', early: false })
  })
})

test.each([
  [0, 0, 0, { used: 0, held: 0, level: 0 }],
  [80, 5, 100, { used: 80, held: 5, level: 80 }],
  [95, 10, 100, { used: 95, held: 5, level: 95 }],
  [120, 3, 100, { used: 100, held: 0, level: 100 }],
])('given %i used and %i held of %i then the bar is %o', (used, held, granted, expected) => {
  expect(bandOf(used, held, granted)).toEqual(expected)
})

test('given quotas of several periods then those of today stand apart', () => {
  const { now, others } = currentOf([quota(), quota({ id: '2', first_day: '2025-01-01', last_day: '2025-12-31' })], '2026-03-01')
  expect([now.map((one) => one.id), others.map((one) => one.id)]).toEqual([['1'], ['2']])
})
