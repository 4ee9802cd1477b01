import { describe, expect, it } from 'vitest'
import type { ScenarioPlan } from '@/api/schema'
import { eventsOf, newQueue } from './imagined'
import { byPlace, complete, draftOf, faultsByField, planOf } from './plan'

const PLAN: ScenarioPlan = {
  near_turn: { script: 'near-turn', ahead_at_most: 3, valid_seconds: 1800 },
  your_turn: {
    script: 'your-turn',
    valid_seconds: 180,
    ring_seconds: 40,
    menu: 'menu',
    keys: [
      { key: '2', action: 'postpone', minutes: 10, confirmation: 'postponed' },
      { key: '9', action: 'refuse' },
    ],
    keys_wait_seconds: 6,
  },
  windows: [{ days: [1, 2], start: '08:30', end: '18:00' }],
  retries: { busy: { after_seconds: 30, at_most: 2 } },
  calls_kept_for_turn: 1,
  detect_answer: true,
  queue_digits: 'yao',
}

describe('a plan', () => {
  it('given a kept one, when edited and sent unchanged, then it is the same', () => {
    expect(planOf(draftOf(PLAN))).toEqual(PLAN)
  })

  it('given a part that is switched off, then it is not sent, and its settings stay in the form', () => {
    const draft = draftOf(PLAN)
    draft.near.on = false
    expect(planOf(draft).near_turn).toBeUndefined()
    expect(draft.near.script).toBe('near-turn')
  })

  it('given no script, then it cannot be played through', () => {
    expect([complete(draftOf(null)), complete(draftOf(PLAN))]).toEqual([false, true])
  })
})

describe('faults of the filing', () => {
  it('given faults at places, then each stands beside its field, in the language asked for', () => {
    const fault = { pointer: '/plan/windows/1', rule: 'filed_window', message: 'outside', message_zh: '超出' }
    const errors = faultsByField([fault, { ...fault, message_zh: '还超出' }, { ...fault, pointer: '/retries/busy/at_most' }], true)
    expect(errors).toEqual({ 'windows.1': '超出；还超出', 'retries.busy.at_most': '超出' })
    expect(byPlace(errors, 'windows')).toEqual({ 1: '超出；还超出' })
  })
})

describe('the imaginary queue', () => {
  it('given people ahead, then each leaves in turn before the call', () => {
    const events = eventsOf({ ...newQueue(), ahead: 3 })
    expect(events.map(({ event, ahead }) => [event, ahead])).toEqual([
      ['taken', 3],
      ['progress', 2],
      ['progress', 1],
      ['called', 0],
      ['served', undefined],
    ])
  })

  it('given a visitor who cancels or a queue as long as can be, then the events fit one request', () => {
    expect(eventsOf({ ...newQueue(), ending: 'cancelled' }).some((one) => one.event === 'called')).toBe(false)
    expect(eventsOf({ ...newQueue(), ahead: 4000 }).length).toBeLessThanOrEqual(50)
  })
})
