import type { JourneyState, NotificationState, Outcome } from '@/api/schema'
import type { Tone } from '@/shared/ui/StateTag.vue'

export const NOTIFICATION_TONES: Record<NotificationState, Tone> = {
  pending: 'info',
  active: 'info',
  delivered: 'good',
  failed: 'bad',
  expired: 'warn',
  refused: 'bad',
  superseded: 'calm',
  cancelled: 'calm',
  unknown: 'warn',
}
export const JOURNEY_TONES: Record<JourneyState, Tone> = {
  waiting: 'info',
  called: 'good',
  served: 'calm',
  missed: 'warn',
  cancelled: 'calm',
}
export const OUTCOME_TONES: Record<Outcome, Tone> = { allowed: 'good', deferred: 'warn', refused: 'bad' }
const GOOD = new Set(['answered', 'delivered'])
const SOFT = new Set(['cancelled', 'superseded', 'unknown', 'expired', 'submitted', 'queued'])

/** How an ending of a call or a text looks. */
export function endingTone(result: string | null): Tone {
  if (result === null) return 'info'
  if (GOOD.has(result)) return 'good'
  return SOFT.has(result) ? 'calm' : 'warn'
}
export const RESULTS = [
  'answered',
  'machine',
  'assistant',
  'busy',
  'no_answer',
  'rejected',
  'powered_off',
  'unreachable',
  'suspended',
  'no_such_number',
  'barred',
  'congestion',
  'trunk_failure',
  'own_line_blocked',
  'cancelled',
  'unknown',
] as const
