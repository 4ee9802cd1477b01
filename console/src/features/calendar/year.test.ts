import { describe, expect, it } from 'vitest'
import { blankTable, daysOf, monthsOf, weekdayOf, yearOf } from './year'

describe('a year', () => {
  it('given a leap year, then it has 366 days, each once', () => {
    const days = daysOf(2028)
    expect([days.length, new Set(days).size, days[0], days.at(-1)]).toEqual([366, 366, '2028-01-01', '2028-12-31'])
  })

  it('given days, then Monday is 1 and Sunday 7', () => {
    expect([weekdayOf('2026-02-09'), weekdayOf('2026-02-15')]).toEqual([1, 7])
  })

  it('given a blank table, then Monday to Friday are worked, and its year is read again', () => {
    const table = blankTable(2027)
    expect(table.split('\n').length).toBe(1 + 365 + 1)
    expect(table.match(/,yes/g)?.length).toBe(261)
    expect(yearOf(table)).toBe(2027)
    expect(yearOf('nothing')).toBeNull()
  })

  it('given a free weekday and a worked Sunday, then both are unusual and other days are not', () => {
    const months = monthsOf(2026, ['2026-01-04', '2026-01-05'])
    const first = new Map(months[0]?.days.map((one) => [one.day, one]))
    expect(first.get('2026-01-04')).toMatchObject({ working: true, unusual: true })
    expect(first.get('2026-01-05')).toMatchObject({ working: true, unusual: false })
    expect(first.get('2026-01-06')).toMatchObject({ working: false, unusual: true })
    expect(months.map((month) => month.days.length).reduce((a, b) => a + b)).toBe(365)
    expect(months[0]?.before).toBe(3)
  })
})
