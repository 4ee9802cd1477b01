import type { By, CallFigures } from '@/api/schema'

export const DIMENSIONS: readonly By[] = ['day', 'month', 'hour_of_day', 'script', 'scenario', 'number', 'result', 'matter', 'window']
const DAY_MILLISECONDS = 86_400_000
const CHINA_OFFSET_MILLISECONDS = 8 * 3_600_000
const FIRST_DAYS = 14

/** A natural day of China, days before or after the one of `now`. */
export function chinaDay(now: number, days = 0): string {
  return new Date(now + CHINA_OFFSET_MILLISECONDS + days * DAY_MILLISECONDS).toISOString().slice(0, 10)
}

export interface Question {
  by: By
  from: string
  to: string
}

type Query = Record<string, unknown>

function isDimension(value: unknown): value is By {
  return value === 'tenant' || (DIMENSIONS as readonly unknown[]).includes(value)
}

/** What the address asks for; the last two weeks by day where it says nothing. */
export function questionOf(query: Query, now: number): Question {
  const { by, from, to } = query
  return {
    by: isDimension(by) ? by : 'day',
    from: typeof from === 'string' ? from : chinaDay(now, 1 - FIRST_DAYS),
    to: typeof to === 'string' ? to : chinaDay(now),
  }
}

/** Where the list behind a line is, for the dimensions that lists can be asked for. */
export function behind(by: By, key: string, { from, to }: Question): string | null {
  const since = `since=${encodeURIComponent(`${from}T00:00:00+08:00`)}`
  const until = `until=${encodeURIComponent(`${to}T23:59:59+08:00`)}`
  const word = encodeURIComponent(key)
  if (by === 'day') return `/calls?since=${encodeURIComponent(`${key}T00:00:00+08:00`)}&until=${encodeURIComponent(`${key}T23:59:59+08:00`)}`
  if (by === 'result') return `/calls?result=${word}&${since}&${until}`
  if (by === 'number') return `/calls?caller_number=${word}&${since}&${until}`
  return by === 'script' ? `/calls?script_id=${word}&${since}&${until}` : null
}

/** Share in percent with one decimal, for an axis. */
export function percent(figures: Pick<CallFigures, 'answer_rate'>): number | null {
  return figures.answer_rate === null ? null : Math.round(figures.answer_rate * 1000) / 10
}
