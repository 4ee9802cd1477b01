/** Hours of a week as filings and scenarios name them: days 1 (Monday) to 7, China time, `end` not included. */
export interface Hours {
  days: number[]
  start: string
  end: string
}

/** From one minute of the day to another, not included. */
export type Span = readonly [from: number, to: number]
/** Seven days, Monday first; each day's spans in order, apart from each other. */
export type Week = readonly (readonly Span[])[]

export const DAY = 24 * 60
export const CELL = 30
export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const

export function minuteOf(text: string): number {
  const [hours = '0', minutes = '0'] = text.split(':')
  return Number(hours) * 60 + Number(minutes)
}

export function clockText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

export function weekOf(windows: readonly Hours[]): Week {
  return WEEKDAYS.map((day) => {
    const spans = windows.filter((one) => one.days.includes(day)).map((one): Span => [minuteOf(one.start), minuteOf(one.end)])
    return joined(spans)
  })
}

function joined(spans: readonly Span[]): Span[] {
  const whole: [number, number][] = []
  for (const [from, to] of spans.filter((span) => span[0] < span[1]).toSorted((a, b) => a[0] - b[0])) {
    const last = whole.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else whole.push([from, to])
  }
  return whole
}

/** Days of the same hours share a window, as people would write it. */
export function windowsOf(week: Week): Hours[] {
  const found = new Map<string, Hours>()
  for (const [index, spans] of week.entries()) {
    for (const [from, to] of spans) {
      const key = `${from}-${to}`
      const known = found.get(key)
      if (known) known.days.push(index + 1)
      else found.set(key, { days: [index + 1], start: clockText(from), end: clockText(to) })
    }
  }
  return [...found.values()]
}

/** The week with a rectangle of it (days and minutes) allowed, or not allowed any more. */
export function painted(week: Week, days: readonly number[], span: Span, on: boolean): Week {
  return week.map((spans, index) => {
    if (!days.includes(index + 1)) return spans
    return on ? joined([...spans, span]) : spans.flatMap((one) => without(one, span))
  })
}

function without([from, to]: Span, [cutFrom, cutTo]: Span): Span[] {
  const left: Span = [from, Math.min(to, cutFrom)]
  const right: Span = [Math.max(from, cutTo), to]
  return [left, right].filter((span) => span[0] < span[1])
}

/** How much of a span is allowed, 0 to 1. */
export function coverage(spans: readonly Span[], from: number, to: number): number {
  const inside = spans.reduce((sum, span) => sum + Math.max(0, Math.min(to, span[1]) - Math.max(from, span[0])), 0)
  return inside / (to - from)
}

/** Neighbouring days together: `[[1, 5], [7, 7]]`. */
export function dayRuns(days: readonly number[]): [first: number, last: number][] {
  const runs: [number, number][] = []
  for (const day of days.toSorted((a, b) => a - b)) {
    const last = runs.at(-1)
    if (last && day === last[1] + 1) last[1] = day
    else runs.push([day, day])
  }
  return runs
}

export function hoursAWeek(week: Week): number {
  const minutes = week.flat().reduce((sum, [from, to]) => sum + to - from, 0)
  return Math.round((minutes / 60) * 10) / 10
}
