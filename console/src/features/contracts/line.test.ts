import { describe, expect, test } from 'vitest'
import type { ContractView, ContractWhole, SuspensionView, TimelinePoint } from '@/api/schema'
import { dayNumber, lineOf, monthsOf } from './line'

function whole(more: Partial<ContractView> = {}, suspensions: Partial<SuspensionView>[] = []): ContractWhole {
  const contract = { first_day: '2026-01-01', last_day: '2026-12-31', activated_on: null, ended_on: null, ...more }
  return { contract, suspensions } as unknown as ContractWhole
}
const point = (day: string, kind: string, state: TimelinePoint['state'] = 'done'): TimelinePoint => ({ day, kind, state })
const day = (at: string) => at.slice(0, 10)

describe('lineOf', () => {
  test('given points beyond the term then the line reaches to them and order is kept', () => {
    const points = [point('2025-12-15', 'signed'), point('2027-02-28', 'settlement_due', 'coming')]
    const line = lineOf(whole(), points, day, '2026-06-30')
    expect([line.from, line.to]).toEqual(['2025-12-15', '2027-02-28'])
    expect(line.marks.map((mark) => mark.at)).toEqual([0.02, 0.98])
    expect(line.term.begin).toBeGreaterThan(0.02)
    expect(line.today).toBeGreaterThan(line.term.begin)
    expect(line.marks[1]?.anchor).toBe('end')
  })

  test('given points of one day then one mark tells them with the state that needs somebody', () => {
    const points = [point('2026-02-01', 'paid'), point('2026-02-01', 'payment_due', 'late'), point('2026-02-01', 'suspended')]
    const line = lineOf(whole(), points, day, '2026-02-09')
    expect(line.marks).toHaveLength(1)
    expect(line.marks[0]).toMatchObject({ kinds: ['paid', 'payment_due'], state: 'late' })
  })

  test('given marks near each other then their words stand on levels of their own', () => {
    const points = [point('2026-02-01', 'a'), point('2026-02-03', 'b'), point('2026-02-05', 'c'), point('2026-09-01', 'd')]
    const line = lineOf(whole(), points, day, '2026-02-09')
    expect(line.marks.map((mark) => mark.level)).toEqual([2, 1, 0, 0])
    expect(line.levels).toBe(3)
  })

  test('given causes that overlap then each has a lane, a proposal has none, and what is open goes to today', () => {
    const line = lineOf(
      whole({ activated_on: '2026-01-05' }, [
        { cause: 'unpaid', since: '2026-03-01T01:00:00Z', ended_at: '2026-03-20T01:00:00Z' },
        { cause: 'complaint', since: '2026-03-10T01:00:00Z', ended_at: null },
        { cause: 'manual', since: null, ended_at: null },
      ]),
      [],
      day,
      '2026-04-01',
    )
    expect(line.bands.map((band) => [band.cause, band.lane, band.open])).toEqual([
      ['unpaid', 0, false],
      ['complaint', 1, true],
    ])
    expect(line.bands[1]?.end).toBe(line.today)
    expect(line.served?.end).toBe(line.today)
  })
})

test.each([
  ['2026-01-01', '2026-12-31', 11, '2026-02'],
  ['2026-01-01', '2029-01-01', 12, '2026-04'],
  ['2026-01-01', '2036-01-01', 10, '2027-01'],
])('given %s to %s then %i months are named', (begin, end, count, first) => {
  const months = monthsOf(dayNumber(begin), dayNumber(end))
  expect([months.length, months[0]]).toEqual([count, first])
})
