import { describe, expect, it } from 'vitest'
import type { PhoneView } from '@/api/schema'
import { PERSONAS, phoneFor } from './personas'
import { awaitedChannels, currentCall, isLively, stepOf, storyOf, type Told } from './story'

const told: Told = { key: 't', at: '2026-02-09T01:30:00Z', event: 'taken', ahead: 8, window: null, answer: null }
const call = {
  id: 'c', notification_id: 'n', caller_number: '021', state: 'answered', result: null, digits: '', at: '2026-02-09T01:30:02Z',
  ringing_at: '2026-02-09T01:30:03Z', answered_at: '2026-02-09T01:30:05Z', ended_at: null as string | null, text: '请到 3 号窗口', heard: null,
}
const phone = {
  state: 'waiting',
  calls: [call],
  messages: [{ id: 'm', notification_id: 'n', sender: '106', text: '即将轮到您', state: 'delivered', at: '2026-02-09T01:30:01+00:00' }],
} as unknown as PhoneView

describe('storyOf', () => {
  it('given events, texts and calls, then they stand in the order in which they happened', () => {
    expect(storyOf([told], phone).map((item) => item.key)).toEqual(['t', 'm', 'c-dialled', 'c-rang', 'c-answered'])
  })
  it('given nothing yet, then the story is empty', () => expect(storyOf([], null)).toEqual([]))
})

describe('the phone', () => {
  it('given a call that rings or is answered, then it is the one that the phone shows', () => {
    expect(currentCall(phone)?.id).toBe('c')
    expect(currentCall({ ...phone, calls: [{ ...call, ended_at: '2026-02-09T01:30:09Z' }] })).toBeNull()
    expect(currentCall({ ...phone, calls: [{ ...call, ringing_at: null, answered_at: null }] })).toBeNull()
  })
  it('given a running call or a step just taken, then it is looked at often', () => {
    expect(isLively(phone, 90_000)).toBe(true)
    expect(isLively({ ...phone, calls: [] }, 90_000)).toBe(false)
    expect(isLively(null, 1000)).toBe(true)
  })
  it.each([['waiting', 1], ['called', 2], ['served', 3], ['missed', 3], ['cancelled', 3]] as const)('given %s, then step %d', (state, step) =>
    expect(stepOf({ ...phone, state })).toBe(step),
  )
})

describe('awaitedChannels', () => {
  const arranged = (id: string, channel: string, superseded: string[] = []): Told => ({
    ...told,
    key: id,
    answer: { event_id: id, status: 'accepted', created: [{ id, channel, purpose: 'your_turn' }], superseded },
  })
  it('given what was arranged, then what has not come to the phone is awaited', () => {
    expect(awaitedChannels([arranged('n', 'sms'), arranged('later', 'voice')], phone)).toEqual(['voice'])
  })
  it('given what a later step called off, then it is not awaited', () => {
    expect(awaitedChannels([arranged('a', 'sms'), arranged('b', 'voice', ['a'])], null)).toEqual(['voice'])
  })
})

describe('phoneFor', () => {
  it('given any persona and chance, then it is a mobile number that ends as the persona wants', () => {
    for (const persona of PERSONAS) {
      for (const chance of [0, 0.0001, 0.5, 0.99999]) {
        expect(phoneFor(persona, () => chance)).toMatch(new RegExp(`^1\\d{6}${persona.digits}$`))
      }
    }
  })
})
