const DAY_MILLISECONDS = 86_400_000

/** Every day of a year as `2026-02-09`. */
export function daysOf(year: number): string[] {
  const days: string[] = []
  for (let at = Date.UTC(year, 0, 1); new Date(at).getUTCFullYear() === year; at += DAY_MILLISECONDS) {
    days.push(new Date(at).toISOString().slice(0, 10))
  }
  return days
}

/** 1 (Monday) to 7. */
export function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7
}

/** A table to start from: Monday to Friday worked; holidays and make-up days are for a person to enter. */
export function blankTable(year: number): string {
  return tableOf(year, (day) => weekdayOf(day) < 6)
}

export function tableOf(year: number, works: (day: string) => boolean): string {
  return `day,working\n${daysOf(year)
    .map((day) => `${day},${works(day) ? 'yes' : 'no'}\n`)
    .join('')}`
}

export interface Month {
  month: number
  /** Empty cells before the first day, so that Monday stands first. */
  before: number
  days: { day: string; number: number; working: boolean; unusual: boolean }[]
}

/** Twelve months. `unusual`: a weekday that is free, or a day of the weekend that is worked. */
export function monthsOf(year: number, working: readonly string[]): Month[] {
  const worked = new Set(working)
  const months: Month[] = Array.from({ length: 12 }, (_, index) => ({ month: index + 1, before: 0, days: [] }))
  for (const day of daysOf(year)) {
    const month = months[Number(day.slice(5, 7)) - 1]
    if (month === undefined) continue
    if (month.days.length === 0) month.before = weekdayOf(day) - 1
    const works = worked.has(day)
    month.days.push({ day, number: Number(day.slice(8)), working: works, unusual: works !== weekdayOf(day) < 6 })
  }
  return months
}

/** The year that a table is about, by its first day; null where none stands. */
export function yearOf(table: string): number | null {
  const found = /(?:^|\n)\s*(\d{4})-\d{2}-\d{2}\s*,/.exec(table)
  return found ? Number(found[1]) : null
}
