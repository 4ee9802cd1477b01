import type { DeliveryState } from '@/api/schema'
import type { Tone } from '@/shared/ui/StateTag.vue'

/** What a callback can carry, in the order of a notification's life. */
export const EVENT_TYPES: readonly string[] = [
  'notification.created',
  'notification.started',
  'notification.answered',
  'notification.retrying',
  'notification.delivered',
  'notification.failed',
  'notification.expired',
  'notification.refused',
  'notification.superseded',
  'notification.cancelled',
  'notification.unknown',
  'journey.postpone_requested',
  'callee.refused',
]
export const DELIVERY_STATES: readonly DeliveryState[] = ['pending', 'delivered', 'dead']
export const DELIVERY_TONES: Record<DeliveryState, Tone> = { pending: 'info', delivered: 'good', dead: 'bad' }
