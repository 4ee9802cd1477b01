import type { NumberDetail, NumberView } from '@/api/schema'
import { dayText } from '@/shared/format'
import type { Tone } from '@/shared/ui/StateTag.vue'

/** How a number stands, in the order in which somebody has to look at it. */
export const CONDITIONS = [
  'quarantined',
  'held',
  'expired',
  'poor',
  'cooling',
  'watch',
  'spent',
  'good',
  'available',
  'released',
] as const
export type Condition = (typeof CONDITIONS)[number]

export const TONES: Record<Condition, Tone> = {
  quarantined: 'bad',
  held: 'bad',
  expired: 'bad',
  poor: 'bad',
  cooling: 'warn',
  watch: 'warn',
  spent: 'info',
  good: 'good',
  available: 'calm',
  released: 'calm',
}

/** 70 and below: 2 standard deviations off; 55 and below: 3. */
const WATCH = 70
const POOR = 55

export function conditionOf(number: NumberView, now: Date): Condition {
  if (number.state !== 'allocated') return number.state as Condition
  if (number.valid_until !== null && number.valid_until < dayText(now)) return 'expired'
  if (number.cooling_until !== null && new Date(number.cooling_until) > now) return 'cooling'
  if (number.health <= POOR) return 'poor'
  if (number.health <= WATCH) return 'watch'
  if (number.used_day >= number.per_day || number.used_hour >= number.per_hour) return 'spent'
  return 'good'
}

export interface Tile {
  number: NumberView
  condition: Condition
}

/** A pool as a grid: by number, so that every tile keeps its place from day to day. */
export function tilesOf(numbers: readonly NumberView[], now: Date): Tile[] {
  return numbers
    .map((number) => ({ number, condition: conditionOf(number, now) }))
    .toSorted((one, other) => one.number.number.localeCompare(other.number.number))
}

/** How many are in which condition, what needs somebody first. */
export function countsOf(tiles: readonly Tile[]): { condition: Condition; count: number }[] {
  return CONDITIONS.map((condition) => ({
    condition,
    count: tiles.filter((tile) => tile.condition === condition).length,
  })).filter((entry) => entry.count > 0)
}

export interface CurvePoint {
  day: string
  calls: number
  /** Shares of one; null where nothing was reached. */
  own: number | null
  pool: number | null
  health: number | null
}

const share = (part: number, of: number): number | null => (of > 0 ? part / of : null)

/** A number's answer rate beside the rest of its pool, day by day. */
export function curveOf(detail: Pick<NumberDetail, 'days' | 'pool'>): CurvePoint[] {
  const own = new Map(detail.days.map((day) => [day.day, day]))
  const pool = new Map(detail.pool.map((day) => [day.day, day]))
  return [...new Set([...own.keys(), ...pool.keys()])].toSorted().map((day) => {
    const mine = own.get(day)
    const rest = pool.get(day)
    return {
      day,
      calls: mine?.calls ?? 0,
      own: mine ? share(mine.answered, mine.reached) : null,
      pool: rest ? share(rest.answered, rest.reached) : null,
      health: mine?.health ?? null,
    }
  })
}

/** What the operator may do from each state; the server refuses the rest. */
export const STEPS: Record<string, readonly ('hold' | 'quarantine' | 'restore' | 'release')[]> = {
  available: [],
  allocated: ['hold', 'quarantine', 'release'],
  held: ['restore', 'quarantine', 'release'],
  quarantined: ['restore', 'hold', 'release'],
  released: [],
}
