import type { FilingFault, KeyActionKind, ResultClass, ScenarioPlan } from '@/api/schema'
import type { Hours } from '@/shared/week'

export interface KeyDraft {
  key: string
  action: KeyActionKind
  minutes: number | null
  confirmation: string
}

export interface RetryDraft {
  result: ResultClass
  on: boolean
  after_seconds: number
  at_most: number
}

/** A plan as it is edited: every part is there, switched on or off. */
export interface PlanDraft {
  near: { on: boolean; script: string; ahead_at_most: number; valid_seconds: number }
  turn: {
    on: boolean
    script: string
    valid_seconds: number
    ring_seconds: number
    menu: string
    keys: KeyDraft[]
    keys_wait_seconds: number
  }
  windows: Hours[]
  retries: RetryDraft[]
  calls_kept_for_turn: number
  detect_answer: boolean
  queue_digits: 'yi' | 'yao'
}

/** Results after which another attempt can make sense. */
export const RETRIABLE: readonly ResultClass[] = [
  'busy',
  'no_answer',
  'unreachable',
  'powered_off',
  'machine',
  'assistant',
  'rejected',
  'congestion',
  'trunk_failure',
]
export const KEYS = [...'0123456789*#']
export const ACTIONS: readonly KeyActionKind[] = ['repeat', 'postpone', 'refuse']

export function draftOf(plan: ScenarioPlan | null): PlanDraft {
  const { near_turn: near, your_turn: turn, retries = {}, windows } = plan ?? {}
  const results = [...new Set([...RETRIABLE, ...(Object.keys(retries) as ResultClass[])])]
  return {
    near: { on: Boolean(near), script: near?.script ?? '', ahead_at_most: near?.ahead_at_most ?? 3, valid_seconds: near?.valid_seconds ?? 1800 },
    turn: {
      on: plan === null || Boolean(turn),
      script: turn?.script ?? '',
      valid_seconds: turn?.valid_seconds ?? 180,
      ring_seconds: turn?.ring_seconds ?? 40,
      menu: turn?.menu ?? '',
      keys: (turn?.keys ?? []).map(({ key, action, minutes, confirmation }) => ({ key, action, minutes: minutes ?? null, confirmation: confirmation ?? '' })),
      keys_wait_seconds: turn?.keys_wait_seconds ?? 6,
    },
    windows: (windows as Hours[] | undefined) ?? [{ days: [1, 2, 3, 4, 5], start: '08:30', end: '18:00' }],
    retries: results.map((result) => {
      const rule = retries[result]
      return { result, on: rule !== undefined, after_seconds: rule?.after_seconds ?? 45, at_most: rule?.at_most ?? 1 }
    }),
    calls_kept_for_turn: plan?.calls_kept_for_turn ?? 1,
    detect_answer: plan?.detect_answer ?? true,
    queue_digits: plan?.queue_digits ?? 'yao',
  }
}

export function planOf(draft: PlanDraft): ScenarioPlan {
  const { near, turn } = draft
  const { on: _near, ...nearBody } = near
  const keys = turn.keys.map(({ key, action, minutes, confirmation }) => ({
    key,
    action,
    ...(action === 'postpone' ? { minutes: minutes ?? 10 } : {}),
    ...(confirmation === '' ? {} : { confirmation }),
  }))
  const turnBody = {
    script: turn.script,
    valid_seconds: turn.valid_seconds,
    ring_seconds: turn.ring_seconds,
    keys,
    keys_wait_seconds: turn.keys_wait_seconds,
    ...(turn.menu === '' ? {} : { menu: turn.menu }),
  }
  const retries = draft.retries.filter((one) => one.on).map(({ result, after_seconds, at_most }) => [result, { after_seconds, at_most }])
  return {
    ...(near.on ? { near_turn: nearBody } : {}),
    ...(turn.on ? { your_turn: turnBody } : {}),
    windows: draft.windows,
    retries: Object.fromEntries(retries) as ScenarioPlan['retries'],
    calls_kept_for_turn: draft.calls_kept_for_turn,
    detect_answer: draft.detect_answer,
    queue_digits: draft.queue_digits,
  }
}

/** A plan that can be played through: it announces something, with scripts chosen. */
export function complete({ near, turn }: PlanDraft): boolean {
  return (near.on || turn.on) && (!near.on || near.script !== '') && (!turn.on || turn.script !== '')
}

/** What the filings hold against a plan, by field: `windows.0`. */
export function faultsByField(faults: readonly FilingFault[], chinese: boolean): Record<string, string> {
  const found: Record<string, string> = {}
  for (const fault of faults) {
    const place = fault.pointer.replace(/^\/(plan\/)?/, '').replaceAll('/', '.')
    const said = chinese ? fault.message_zh : fault.message
    found[place] = found[place] === undefined ? said : `${found[place]}；${said}`
  }
  return found
}

/** The messages of one list, by place in it. */
export function byPlace(errors: Record<string, string>, list: string): Record<number, string> {
  const found: Record<number, string> = {}
  for (const [place, said] of Object.entries(errors)) {
    const match = new RegExp(`^${list}\\.(\\d+)`).exec(place)
    if (match) found[Number(match[1])] = said
  }
  return found
}
