import type { EventAnswer, PhoneView, QueueEventKind } from '@/api/schema'

/** What was told to the platform, and what it said to it. */
export interface Told {
  key: string
  at: string
  event: QueueEventKind
  ahead: number | null
  window: string | null
  answer: EventAnswer | null
}

export type StoryItem =
  | { kind: 'told'; key: string; at: string; told: Told }
  | { kind: 'text'; key: string; at: string; message: PhoneView['messages'][number] }
  | { kind: 'call'; key: string; at: string; stage: 'dialled' | 'rang' | 'answered' | 'ended'; call: PhoneView['calls'][number] }

/** Everything that happened to one visitor, in order. */
export function storyOf(told: readonly Told[], phone: PhoneView | null): StoryItem[] {
  const items: StoryItem[] = told.map((one) => ({ kind: 'told', key: one.key, at: one.at, told: one }))
  for (const message of phone?.messages ?? []) items.push({ kind: 'text', key: message.id, at: message.at, message })
  for (const call of phone?.calls ?? []) {
    const moments = [
      ['dialled', call.at],
      ['rang', call.ringing_at],
      ['answered', call.answered_at],
      ['ended', call.ended_at],
    ] as const
    for (const [stage, at] of moments) {
      if (at !== null) items.push({ kind: 'call', key: `${call.id}-${stage}`, at, stage, call })
    }
  }
  return items.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at))
}

type Call = PhoneView['calls'][number]

/** The call that the phone is busy with just now. */
export function currentCall(phone: PhoneView | null): Call | null {
  return phone?.calls.findLast((call) => call.ended_at === null && (call.ringing_at !== null || call.answered_at !== null)) ?? null
}

/** Channels of what was arranged and has neither come to the phone nor been called off. */
export function awaitedChannels(told: readonly Told[], phone: PhoneView | null): string[] {
  const known = new Set([...(phone?.messages ?? []), ...(phone?.calls ?? [])].map((one) => one.notification_id))
  for (const one of told) for (const id of one.answer?.superseded ?? []) known.add(id)
  return told.flatMap((one) => one.answer?.created ?? []).filter((one) => !known.has(one.id)).map((one) => one.channel)
}

/** Whether something may still happen by itself, so that it is worth looking often. */
export function isLively(phone: PhoneView | null, sinceLastStep: number): boolean {
  if (sinceLastStep < 20_000) return true
  return phone?.calls.some((call) => call.ended_at === null) ?? false
}

const OVER = new Set(['served', 'missed', 'cancelled'])

/** Which of the four steps (take a number, wait, called, done) the visitor is at: 0 to 3. */
export function stepOf(phone: PhoneView | null): number {
  if (phone === null) return 0
  if (OVER.has(phone.state)) return 3
  return phone.state === 'called' ? 2 : 1
}
