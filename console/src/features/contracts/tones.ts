import type { ContractState, SupplementView, SuspensionView, TickState } from '@/api/schema'
import type { Tone } from '@/shared/ui/StateTag.vue'

export const STATE_TONES: Record<ContractState, Tone> = {
  draft: 'calm',
  signed: 'info',
  awaiting_payment: 'warn',
  active: 'good',
  suspended: 'bad',
  ended: 'calm',
  terminated: 'bad',
  settled: 'calm',
}
export const STATES = Object.keys(STATE_TONES) as ContractState[]
export const TICK_TONES: Record<TickState, Tone> = { done: 'good', coming: 'calm', today: 'info', late: 'bad' }
export const SUSPENSION_TONES: Record<SuspensionView['state'], Tone> = {
  proposed: 'warn',
  standing: 'bad',
  lifted: 'good',
  declined: 'calm',
}
export const SUPPLEMENT_TONES: Record<SupplementView['state'], Tone> = {
  draft: 'calm',
  signed: 'info',
  in_force: 'good',
  withdrawn: 'calm',
}
/** Set and lifted by the facts alone: nobody does it by hand. */
export const AUTOMATIC = new Set(['unpaid', 'qualification_expired'])
export const ITEM_KINDS = ['console', 'robot', 'caller_number', 'voice_notification', 'call_card', 'data_interface'] as const
export const STANDING = new Set<ContractState>(['signed', 'awaiting_payment', 'active', 'suspended'])
export const OVER = new Set<ContractState>(['ended', 'terminated'])
