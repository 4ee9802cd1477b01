import type { ContractWhole, TickState, TimelinePoint } from '@/api/schema'

/** A contract's line of time as a picture: places are shares of the line's length. */
export interface Line {
  from: string
  to: string
  months: { at: number; month: string }[]
  term: Span
  /** From the beginning of service to its end or today. */
  served: Span | null
  bands: Band[]
  lanes: number
  marks: Mark[]
  levels: number
  today: number | null
}
export interface Span {
  begin: number
  end: number
}
export interface Band extends Span {
  cause: string
  lane: number
  open: boolean
  since: string
  until: string | null
}
export interface Mark {
  at: number
  day: string
  kinds: string[]
  state: TickState
  level: number
  /** Which side of its stem the words stand on, so that they stay within the picture. */
  anchor: 'start' | 'end'
}

const DAY_MILLISECONDS = 86_400_000
const MARGIN = 0.02
/** What a mark's words take of the line. */
const WORDS = 0.17
/** These are drawn as bands. */
const BANDS = new Set(['suspended', 'suspension_lifted', 'suspension_proposed', 'suspension_declined'])
const WORST: readonly TickState[] = ['late', 'today', 'coming', 'done']

/** A day as a number of days. Days are China's and have no hour. */
export function dayNumber(day: string): number {
  return Date.parse(`${day.slice(0, 10)}T00:00:00Z`) / DAY_MILLISECONDS
}

function dayOf(number: number): string {
  return new Date(number * DAY_MILLISECONDS).toISOString().slice(0, 10)
}

export function lineOf(whole: ContractWhole, points: readonly TimelinePoint[], chinaDay: (at: string) => string, today: string): Line {
  const { contract } = whole
  const days = [contract.first_day, contract.last_day, ...points.map((point) => point.day)].map(dayNumber)
  const begin = Math.min(...days)
  const length = Math.max(1, Math.max(...days) - begin)
  const place = (day: string): number => {
    const share = (dayNumber(day) - begin) / length
    return MARGIN + Math.min(1, Math.max(0, share)) * (1 - 2 * MARGIN)
  }
  const now = dayNumber(today)
  const marks = marksOf(points, place)
  const bands = bandsOf(whole, place, chinaDay, today)
  const end = contract.ended_on ?? (today < contract.last_day ? today : contract.last_day)
  return {
    from: dayOf(begin),
    to: dayOf(begin + length),
    months: monthsOf(begin, begin + length).map((month) => ({ at: place(`${month}-01`), month })),
    term: { begin: place(contract.first_day), end: place(contract.last_day) },
    served: contract.activated_on === null ? null : { begin: place(contract.activated_on), end: place(end) },
    bands,
    lanes: bands.reduce((most, band) => Math.max(most, band.lane + 1), 0),
    marks,
    levels: marks.reduce((most, mark) => Math.max(most, mark.level + 1), 0),
    today: now >= begin && now <= begin + length ? place(today) : null,
  }
}

/** First days of months on the line; of long lines every third or twelfth. */
export function monthsOf(begin: number, end: number): string[] {
  const months: string[] = []
  const cursor = new Date(begin * DAY_MILLISECONDS)
  cursor.setUTCDate(1)
  cursor.setUTCMonth(cursor.getUTCMonth() + 1)
  while (cursor.getTime() / DAY_MILLISECONDS <= end) {
    months.push(cursor.toISOString().slice(0, 7))
    cursor.setUTCMonth(cursor.getUTCMonth() + 1)
  }
  const step = months.length <= 18 ? 1 : months.length <= 54 ? 3 : 12
  return months.filter((month) => (Number(month.slice(5)) - 1) % step === 0)
}

/** What somebody looks for first, where a day has several points. */
const FIRST = ['signed', 'activated', 'paid', 'payment_due', 'settlement_due', 'settled', 'term_ends', 'ended_early']
const rank = (kind: string) => (FIRST.includes(kind) ? FIRST.indexOf(kind) : FIRST.length)

/**
 * Points of one day share a mark; marks whose words would meet stand on levels of their own. Taken from the right, so
 * that the stem of a higher mark passes left of the words below it.
 */
function marksOf(points: readonly TimelinePoint[], place: (day: string) => number): Mark[] {
  const byDay = new Map<string, TimelinePoint[]>()
  for (const point of points) {
    if (!BANDS.has(point.kind)) byDay.set(point.day, [...(byDay.get(point.day) ?? []), point])
  }
  const taken: Span[][] = []
  const marks = [...byDay].toSorted(([one], [other]) => other.localeCompare(one)).map(([day, group]) => {
    const at = place(day)
    const anchor = at + WORDS > 1 ? ('end' as const) : ('start' as const)
    const span = anchor === 'start' ? { begin: at, end: at + WORDS } : { begin: at - WORDS, end: at }
    let level = 0
    while (taken[level]?.some((other) => span.begin < other.end && other.begin < span.end)) level += 1
    taken[level] = [...(taken[level] ?? []), span]
    const state = WORST.find((one) => group.some((point) => point.state === one)) ?? 'done'
    const kinds = [...new Set(group.map((point) => point.kind))].toSorted((one, other) => rank(one) - rank(other))
    return { at, day, kinds, state, level, anchor }
  })
  return marks.toReversed()
}

function bandsOf(whole: ContractWhole, place: (day: string) => number, chinaDay: (at: string) => string, today: string): Band[] {
  const causes = [...new Set(whole.suspensions.filter((one) => one.since !== null).map((one) => one.cause))]
  return whole.suspensions.flatMap((one) => {
    if (one.since === null) return []
    const until = one.ended_at === null ? null : chinaDay(one.ended_at)
    const since = chinaDay(one.since)
    return [
      {
        begin: place(since),
        end: place(until ?? today),
        cause: one.cause,
        lane: causes.indexOf(one.cause),
        open: until === null,
        since,
        until,
      },
    ]
  })
}
