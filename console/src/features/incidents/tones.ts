import type { FaultState, NoticeState, Severity } from '@/api/schema'
import type { Tone } from '@/shared/ui/StateTag.vue'

export const FAULT_STATES: readonly FaultState[] = ['open', 'answered', 'resolved', 'closed', 'reopened']
export const SEVERITIES: readonly Severity[] = ['critical', 'major', 'minor', 'question']
export const NOTICE_STATES: readonly NoticeState[] = ['published', 'amended', 'withdrawn', 'ended']
export const FAULT_TONES: Record<FaultState, Tone> = {
  open: 'bad',
  reopened: 'bad',
  answered: 'info',
  resolved: 'good',
  closed: 'calm',
}
export const SEVERITY_TONES: Record<Severity, Tone> = { critical: 'bad', major: 'warn', minor: 'calm', question: 'info' }
export const NOTICE_TONES: Record<NoticeState, Tone> = {
  published: 'info',
  amended: 'warn',
  withdrawn: 'calm',
  ended: 'calm',
}
