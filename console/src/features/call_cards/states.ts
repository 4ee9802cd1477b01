import type { Offers } from '@/api/offers'
import type { CardState, ProfileView } from '@/api/schema'
import type { Tone } from '@/shared/ui/StateTag.vue'

export const PROFILE_STATES = ['draft', 'submitted', 'approved', 'returned', 'withdrawn', 'superseded'] as const
export type ProfileState = (typeof PROFILE_STATES)[number]
export const PROFILE_TONES: Record<ProfileState, Tone> = {
  draft: 'calm',
  submitted: 'info',
  approved: 'good',
  returned: 'bad',
  withdrawn: 'calm',
  superseded: 'calm',
}
export const CARD_STATES: readonly CardState[] = ['requested', 'accepted', 'delivered', 'displayed', 'unsupported', 'failed']
export const CARD_TONES: Record<CardState, Tone> = {
  requested: 'calm',
  accepted: 'info',
  delivered: 'good',
  displayed: 'good',
  unsupported: 'warn',
  failed: 'bad',
}

export function stateOf(profile: ProfileView): ProfileState {
  return profile.state as ProfileState
}

/** An approval that has run out shows nothing any more, though its state says approved. */
export function expired(profile: ProfileView, now: Date): boolean {
  return profile.state === 'approved' && profile.valid_until !== null && new Date(profile.valid_until) <= now
}

export type Step = 'submit' | 'change' | 'withdraw'
export function stepsOf(state: ProfileState): readonly Step[] {
  if (state === 'draft' || state === 'returned') return ['submit', 'change', 'withdraw']
  return state === 'submitted' || state === 'approved' ? ['withdraw'] : []
}

export interface ReasonDraft {
  script: string
  text: string
}

export function reasonRows(reasons: Record<string, string>): ReasonDraft[] {
  return Object.entries(reasons).map(([script, text]) => ({ script, text }))
}

/** What is sent: rows without a script or a text say nothing. */
export function reasonBody(rows: readonly ReasonDraft[]): Record<string, string> {
  return Object.fromEntries(rows.filter((row) => row.script !== '' && row.text !== '').map((row) => [row.script, row.text]))
}

/** What an export has of the things that a profile's panel shows. */
export const SHOWN: readonly Offers['card_profiles'][] = [
  'name',
  'state',
  'remarks',
  'created_at',
  'submitted_by',
  'reviewed_at',
  'reviewed_by',
  'valid_until',
]
