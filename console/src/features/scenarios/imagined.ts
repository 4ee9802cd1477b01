import type { ImaginedEvent, PreviewRequest, ScenarioPlan } from '@/api/schema'
import { fromChinaTime } from '@/shared/format'

export const ENDINGS = ['served', 'missed', 'cancelled'] as const

/** A small imaginary queue: one visitor takes a number, people before them are served, they are called. */
export interface Queue {
  /** China time, `2026-02-09 09:30`; empty: now. */
  at: string
  ahead: number
  seconds_each: number
  matter: string
  window: string
  ending: (typeof ENDINGS)[number]
}

export const MOST_AHEAD = 40

export function newQueue(): Queue {
  return { at: '', ahead: 6, seconds_each: 240, matter: '社保卡补换', window: '3', ending: 'served' }
}

export function eventsOf(queue: Queue): ImaginedEvent[] {
  const ahead = Math.min(Math.max(queue.ahead, 0), MOST_AHEAD)
  const moved = Array.from({ length: Math.max(ahead - 1, 0) }, (_, at): ImaginedEvent => ({ event: 'progress', ahead: ahead - 1 - at, after_seconds: queue.seconds_each }))
  const after = ahead === 0 ? 0 : queue.seconds_each
  const ending: ImaginedEvent = queue.ending === 'cancelled' ? { event: 'cancelled', after_seconds: after } : { event: queue.ending, after_seconds: 120 }
  const called: ImaginedEvent[] = queue.ending === 'cancelled' ? [] : [{ event: 'called', window: queue.window, ahead: 0, after_seconds: after }]
  return [{ event: 'taken', ahead, matter: queue.matter, after_seconds: 0 }, ...moved, ...called, ending]
}

export function requestOf(plan: ScenarioPlan, queue: Queue): PreviewRequest {
  return {
    plan,
    events: eventsOf(queue),
    queue_number: 'A021',
    phone: '13800138000',
    ...(queue.at === '' ? {} : { at: fromChinaTime(queue.at) }),
  }
}
