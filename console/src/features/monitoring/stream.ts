import type { LiveCallView, LiveView } from '@/api/schema'

/** Event `calls`: what changed since the event before. */
export interface CallsChanged {
  at: string
  changed: LiveCallView[]
  gone: string[]
}

/** Event `state`: everything but the calls. */
export type Surroundings = Pick<LiveView, 'robots' | 'trunks' | 'waiting' | 'pauses' | 'nodes'>

export type Stage = LiveCallView['stage']

/** Stages that run, in the order in which a call goes through them. */
export const STAGES = ['dialling', 'ringing', 'early_media', 'answered', 'speaking', 'waiting_for_key'] as const
