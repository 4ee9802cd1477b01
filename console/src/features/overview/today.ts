import { language } from '@/app/i18n'
import type { Overview } from '@/api/schema'
import type { Tone } from '@/shared/ui/StateTag.vue'

export interface Part {
  key: string
  label: string
  count: number
  tone: Tone
  to: string | null
}

const STATE_TONES: Record<string, Tone> = {
  pending: 'info',
  active: 'info',
  delivered: 'good',
  failed: 'bad',
  refused: 'bad',
  expired: 'warn',
  unknown: 'warn',
  superseded: 'calm',
  cancelled: 'calm',
}
const RESULT_TONES: Record<string, Tone> = {
  answered: 'good',
  machine: 'info',
  assistant: 'info',
  busy: 'warn',
  no_answer: 'warn',
  cancelled: 'calm',
}

/** The moment at which a China day begins, or an hour of it. */
export function momentOf(day: string, hour = 0): string {
  return `${day}T${String(hour).padStart(2, '0')}:00:00+08:00`
}

/** An address with what is asked for; what is empty is left out. */
export function withQuery(path: string, query: Record<string, string>): string {
  const kept = Object.entries(query).filter(([, value]) => value !== '')
  return kept.length === 0 ? path : `${path}?${new URLSearchParams(kept).toString()}`
}

type Link = (to: string) => string | null
type Word = (key: string) => string

/** Notifications of today by state: what is over, and what is not. */
export function notificationParts(today: Overview, word: Word, link: Link): Part[] {
  const counts = { ...today.notifications.by_state, pending: today.open.pending, active: today.open.active }
  const of = (state: string) =>
    ['pending', 'active'].includes(state)
      ? withQuery('/notifications', { state })
      : withQuery('/notifications', { state, created_from: momentOf(today.day) })
  return parts(counts, STATE_TONES, word, (state) => link(of(state)))
}

/** Calls of today by result. */
export function resultParts(today: Overview, word: Word, link: Link): Part[] {
  return parts(today.calls.by_result, RESULT_TONES, word, (result) =>
    link(withQuery('/calls', { result, since: momentOf(today.day) })),
  )
}

function parts(counts: Record<string, number>, tones: Record<string, Tone>, word: Word, link: Link): Part[] {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .toSorted(([, one], [, other]) => other - one)
    .map(([key, count]) => ({ key, label: word(key), count, tone: tones[key] ?? 'bad', to: link(key) }))
}

/** Attempts and answers of each hour, from the first hour with a call (at the latest 8) to the last (at the earliest 18). */
export function hoursOf(today: Overview): { hour: number; attempts: number; answered: number }[] {
  const known = new Map(today.hours.map((one) => [one.hour, one]))
  const first = Math.min(8, ...known.keys())
  const last = Math.max(18, ...known.keys())
  return Array.from({ length: last - first + 1 }, (_, place) => {
    const found = known.get(first + place)
    return { hour: first + place, attempts: found?.attempts ?? 0, answered: found?.answered ?? 0 }
  })
}

/** Milliseconds in words that people compare: `820 ms`, `1.4 s`. */
export function quickText(milliseconds: number | null): string {
  if (milliseconds === null) return '—'
  const [fine, coarse] = language.value === 'zh-CN' ? ['毫秒', '秒'] : ['ms', 's']
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ${fine}` : `${(milliseconds / 1000).toFixed(1)} ${coarse}`
}

export type Level = 'good' | 'warn' | 'bad'

/** How worried to be about what is left. */
export function levelOf(left: number, granted: number): Level {
  if (granted <= 0 || left <= 0) return 'bad'
  return left / granted < 0.1 ? 'warn' : 'good'
}
