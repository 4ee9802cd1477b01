import type { About, ComplaintSource, ComplaintState, MessageState, Pause } from '@/api/schema'
import { dayText, fromChinaTime } from '@/shared/format'
import type { Tone } from '@/shared/ui/StateTag.vue'

export type Side = 'operator' | 'tenant'
export type Step = 'investigate' | 'answer' | 'close' | 'dismiss' | 'reopen' | 'comment'

export const STATES: readonly ComplaintState[] = ['registered', 'investigating', 'answered', 'closed', 'dismissed']
export const SOURCES: readonly ComplaintSource[] = ['12321', '10000', '12345', 'direct', 'carrier']
export const ABOUTS: readonly About[] = ['content', 'frequency', 'caller', 'no_consent', 'service', 'other']
export const TONES: Record<ComplaintState, Tone> = {
  registered: 'warn',
  investigating: 'info',
  answered: 'good',
  closed: 'calm',
  dismissed: 'calm',
}
export const MESSAGE_TONES: Record<MessageState, Tone> = {
  submitting: 'info',
  submitted: 'info',
  delivered: 'good',
  undelivered: 'warn',
  rejected: 'warn',
  unknown: 'calm',
}

/** What each state offers; the server refuses the rest. The first is the one to take next. */
const STEPS: Record<ComplaintState, readonly Step[]> = {
  registered: ['investigate', 'answer', 'dismiss', 'comment'],
  investigating: ['answer', 'dismiss', 'comment'],
  answered: ['close', 'answer', 'reopen', 'dismiss', 'comment'],
  closed: ['reopen'],
  dismissed: ['reopen'],
}
const OF_TENANT: ReadonlySet<Step> = new Set(['investigate', 'answer', 'comment'])

export function stepsOf(state: ComplaintState, side: Side): readonly Step[] {
  return side === 'operator' ? STEPS[state] : STEPS[state].filter((step) => OF_TENANT.has(step))
}

/** What a complaint that is not finished can still hold back: a linked call told which script and number it was. */
export function pausable(one: {
  state: ComplaintState
  script_id: string | null
  caller_number_id: string | null
  script_paused_at: string | null
  number_paused_at: string | null
}): readonly Pause[] {
  if (one.state === 'dismissed') return []
  const found: Pause[] = []
  if (one.script_id !== null && one.script_paused_at === null) found.push('script')
  if (one.caller_number_id !== null && one.number_paused_at === null) found.push('number')
  return found
}

export interface Countdown {
  /** Key of the sentence, below `complaints.due`. */
  key: 'days' | 'tomorrow' | 'today' | 'late'
  /** Days left, or days late. */
  count: number
  tone: Tone
}

const DAY = 86_400_000

/** How long the answer's term still runs. The last day counts whole, in China time. */
export function countdownOf(dueOn: string, now: Date): Countdown {
  const count = Math.round((Date.parse(dueOn) - Date.parse(dayText(now))) / DAY)
  if (count < 0) return { key: 'late', count: -count, tone: 'bad' }
  if (count === 0) return { key: 'today', count, tone: 'bad' }
  return count === 1 ? { key: 'tomorrow', count, tone: 'warn' } : { key: 'days', count, tone: 'info' }
}

/** Whether the answer's term runs. */
export function awaited(state: ComplaintState): boolean {
  return state === 'registered' || state === 'investigating'
}

/** Whether calls and texts can still be linked and unlinked: until it is closed or dismissed. */
export function linkable(state: ComplaintState): boolean {
  return state !== 'closed' && state !== 'dismissed'
}

/** What a search for calls and texts is narrowed by. */
export interface Wanted {
  queue_number?: string
  phone?: string
  since?: string
  until?: string
}

/** A search as somebody filled it in: numbers, and natural days of China, both included. */
export function wantedOf(form: { queue_number: string; phone: string; days: [string, string] | null }): Wanted {
  const [first, last] = form.days ?? []
  return {
    queue_number: form.queue_number.trim() || undefined,
    phone: form.phone.trim() || undefined,
    since: first && fromChinaTime(`${first} 00:00`),
    until: last && fromChinaTime(`${dayText(new Date(Date.parse(last) + DAY))} 00:00`),
  }
}

/** What unlinking does, as keys of sentences below `complaints.unlinkWhat`. */
export function unlinkConsequences(
  complaint: { script_paused_at: string | null; number_paused_at: string | null },
  side: Side,
): readonly string[] {
  const paused = complaint.script_paused_at !== null || complaint.number_paused_at !== null
  return [...(paused ? [side === 'operator' ? 'pause' : 'pauseOfOperator'] : []), 'pack', 'stays']
}

/** First day of the month of a moment, as the API names months. */
export function monthOf(at: Date): string {
  return `${dayText(at).slice(0, 7)}-01`
}

/** Share of the threshold that a month has used, of one; a threshold of 0 is reached by the first complaint. */
export function shareOf(counted: number, threshold: number): number {
  return Math.min(1, counted / Math.max(threshold, 1))
}

/** Ids out of what somebody pasted. */
export function idsOf(text: string): string[] {
  return text.split(/[\s,，、;；]+/).filter((one) => one !== '')
}
