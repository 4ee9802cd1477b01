import type { HoldKind, HoldRequest, HoldView } from '@/api/schema'

export const HOLD_KINDS: readonly HoldKind[] = ['call', 'callee', 'period']

export interface HoldWish {
  kind: HoldKind
  call_id: string
  phone: string
  days: [string, string] | null
  script: string
  reason: string
  ends_on: string | null
}

/** The request of a form: only what the chosen kind is about. */
export function holdRequestOf(wish: HoldWish): HoldRequest {
  const same = { reason: wish.reason, ends_on: wish.ends_on || null }
  if (wish.kind === 'call') return { ...same, call_id: wish.call_id.trim() }
  if (wish.kind === 'callee') return { ...same, phone: wish.phone.trim() }
  return { ...same, first_day: wish.days?.[0] ?? null, last_day: wish.days?.[1] ?? null, script: wish.script.trim() || null }
}

/** What a hold has kept beyond its term, or null while that is nothing. */
export function savedBy(hold: Pick<HoldView, 'calls_saved' | 'messages_saved'>): { calls: number; messages: number } | null {
  const { calls_saved: calls, messages_saved: messages } = hold
  return calls === 0 && messages === 0 ? null : { calls, messages }
}
