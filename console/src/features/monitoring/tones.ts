import type { Tone } from '@/shared/ui/StateTag.vue'
import type { Stage } from './stream'

export const STAGE_TONES: Record<Stage, Tone> = {
  dialling: 'calm',
  ringing: 'warn',
  early_media: 'warn',
  answered: 'info',
  speaking: 'good',
  waiting_for_key: 'info',
  ended: 'calm',
}

export const SEVERITY_TONES: Record<string, Tone> = { critical: 'bad', warning: 'warn', info: 'info' }

export const ALARM_TONES: Record<string, Tone> = { open: 'bad', acknowledged: 'warn', cleared: 'calm' }
