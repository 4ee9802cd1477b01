import { describe, expect, it } from 'vitest'
import { clockText, coverage, dayRuns, hoursAWeek, minuteOf, painted, weekOf, windowsOf } from './week'

const OFFICE = [{ days: [1, 2, 3, 4, 5], start: '08:30', end: '18:00' }]

describe('weeks', () => {
  it('given windows, when turned into a week and back, then they are the same', () => {
    for (const windows of [OFFICE, [{ days: [1, 2, 3, 4, 5, 6, 7], start: '00:00', end: '24:00' }], []]) {
      expect(windowsOf(weekOf(windows))).toEqual(windows)
    }
  })

  it('given windows that touch or overlap, then they are one', () => {
    const week = weekOf([
      { days: [1], start: '08:00', end: '12:00' },
      { days: [1], start: '12:00', end: '14:00' },
      { days: [1], start: '13:30', end: '18:15' },
    ])
    expect(windowsOf(week)).toEqual([{ days: [1], start: '08:00', end: '18:15' }])
  })

  it('given a lunch break that is cleared, then what is left keeps its minutes', () => {
    const week = painted(weekOf([{ days: [1, 2], start: '08:45', end: '17:40' }]), [1], [720, 810], false)
    expect(windowsOf(week)).toEqual([
      { days: [1], start: '08:45', end: '12:00' },
      { days: [1], start: '13:30', end: '17:40' },
      { days: [2], start: '08:45', end: '17:40' },
    ])
  })

  it('given any rectangle, when painted, then all of it is allowed; when cleared, none of it', () => {
    for (let from = 0; from < 1440; from += 210) {
      const span = [from, from + 30] as const
      const on = painted(weekOf(OFFICE), [3, 6], span, true)
      expect(coverage(on[2] ?? [], ...span)).toBe(1)
      expect(coverage(painted(on, [3, 6], span, false)[5] ?? [], ...span)).toBe(0)
    }
  })

  it('given a window that ends before it begins, then nothing is allowed by it', () => {
    expect(hoursAWeek(weekOf([{ days: [1], start: '18:00', end: '08:00' }]))).toBe(0)
  })
})

describe('words of time', () => {
  it('given minutes of the day, then they read as clocks do', () => {
    expect([0, 510, 1440].map(clockText)).toEqual(['00:00', '08:30', '24:00'])
    expect(['00:00', '08:30', '24:00'].map(minuteOf)).toEqual([0, 510, 1440])
  })

  it('given days, then neighbours are told together', () => {
    expect(dayRuns([5, 1, 2, 3, 7])).toEqual([[1, 3], [5, 5], [7, 7]])
  })
})
