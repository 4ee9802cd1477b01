import type { FilingState, FilingView } from '@/api/schema'
import type { Tone } from '@/shared/ui/StateTag.vue'

export const STATES: readonly FilingState[] = [
  'draft',
  'submitted',
  'reviewed',
  'returned',
  'approved',
  'effective',
  'superseded',
  'expired',
  'withdrawn',
]
export const TONES: Record<FilingState, Tone> = {
  draft: 'calm',
  submitted: 'info',
  reviewed: 'info',
  returned: 'bad',
  approved: 'warn',
  effective: 'good',
  superseded: 'calm',
  expired: 'calm',
  withdrawn: 'calm',
}
/** The way that a filing goes when nothing is wrong with it. */
const WAY: readonly FilingState[] = ['draft', 'submitted', 'reviewed', 'approved', 'effective']

export interface Stop {
  state: FilingState
  at: string | null
  by: string | null
  standing: 'past' | 'now' | 'ahead'
}

/** Where a version stands on its way, with who took each step and when. */
export function wayOf(filing: FilingView): Stop[] {
  const whens: Partial<Record<FilingState, [string | null, string | null]>> = {
    draft: [filing.created_at, null],
    submitted: [filing.submitted_at, filing.submitted_by],
    reviewed: [filing.reviewed_at, filing.reviewed_by],
    approved: [filing.decided_at, filing.decided_by],
    effective: [filing.holds_from, null],
  }
  const reached = WAY.indexOf(filing.state === 'returned' ? 'draft' : filing.state)
  const over = reached < 0
  return WAY.map((state, at) => {
    const [when, by] = whens[state] ?? [null, null]
    const standing = over ? (when ? 'past' : 'ahead') : at < reached ? 'past' : at === reached ? 'now' : 'ahead'
    return { state, at: when, by, standing }
  })
}

/** What a tenant may do with a version. */
export function tenantSteps(state: FilingState): ('edit' | 'submit' | 'withdraw' | 'change')[] {
  if (state === 'draft' || state === 'returned') return ['submit', 'edit', 'withdraw']
  if (state === 'submitted' || state === 'reviewed') return ['withdraw']
  return state === 'approved' || state === 'effective' ? ['change', 'withdraw'] : []
}

export function operatorSteps(state: FilingState): ('review' | 'approve' | 'return')[] {
  if (state === 'submitted') return ['review', 'return']
  return state === 'reviewed' ? ['approve', 'return'] : []
}
