import type { MeterDay, QuotaView } from '@/api/schema'

export interface Projection {
  /** Pieces a day, over what was looked at. */
  perDay: number
  /** The China day on which the quota is used up at this rate; null when nothing is used. */
  endsOn: string | null
  /** It ends before its period does. */
  early: boolean
}

/** How many days back a rate is taken from. */
export const LOOK_BACK = 28
const DAY_MILLISECONDS = 86_400_000

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MILLISECONDS).toISOString().slice(0, 10)
}

function daysBetween(first: string, last: string): number {
  return Math.round((Date.parse(`${last}T00:00:00Z`) - Date.parse(`${first}T00:00:00Z`)) / DAY_MILLISECONDS)
}

/** When a quota ends at the rate of the last four weeks of its own period; today, which is not over, counts in full. */
export function projectionOf(quota: QuotaView, meter: readonly MeterDay[], today: string): Projection {
  const since = [addDays(today, 1 - LOOK_BACK), quota.first_day].toSorted().at(-1) ?? today
  const days = Math.max(1, daysBetween(since, today) + 1)
  const pieces = meter
    .filter((day) => day.kind === quota.kind && day.day >= since && day.day <= today)
    .reduce((sum, day) => sum + day.pieces, 0)
  const perDay = pieces / days
  if (quota.left <= 0) return { perDay, endsOn: today, early: today < quota.last_day }
  if (perDay === 0) return { perDay, endsOn: null, early: false }
  const endsOn = addDays(today, Math.floor(quota.left / perDay))
  return { perDay, endsOn, early: endsOn < quota.last_day }
}

/** Quotas of today first, the others by when they begin. */
export function currentOf(quotas: readonly QuotaView[], today: string): { now: QuotaView[]; others: QuotaView[] } {
  const covers = (quota: QuotaView) => quota.first_day <= today && today <= quota.last_day
  return { now: quotas.filter(covers), others: quotas.filter((quota) => !covers(quota)) }
}

export interface Band {
  used: number
  held: number
  /** Of 80, 95 and 100, the highest that is reached. */
  level: 0 | 80 | 95 | 100
}

/** Shares of a quota in percent, as a bar shows them. */
export function bandOf(used: number, held: number, granted: number): Band {
  const share = granted > 0 ? (used / granted) * 100 : 0
  const level = share >= 100 ? 100 : share >= 95 ? 95 : share >= 80 ? 80 : 0
  const shown = Math.min(100, share)
  return { used: shown, held: Math.min(100 - shown, granted > 0 ? (held / granted) * 100 : 0), level }
}
