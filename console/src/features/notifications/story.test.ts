import { expect, test } from 'vitest'
import type { JourneyStory, StoryCall, StoryLine } from '@/api/schema'
import { answerOf, factsOf, momentsOf } from './story'

const line = (at: string, source: string, kind: string, detail: Record<string, unknown> = {}): StoryLine => ({
  at,
  source,
  kind,
  detail,
  notification_id: null,
  subject_id: '0',
})

test('given a visit when told then it is in order and a call stands where it began', () => {
  const story: JourneyStory = {
    journey_id: '0',
    notifications: [],
    lines: [line('2026-03-01T02:00:00Z', 'event', 'served'), line('2026-03-01T01:00:00Z', 'event', 'taken'), line('2026-03-01T01:30:01Z', 'notification', 'ringing')],
    calls: [{ id: 'c', reserved_at: '2026-03-01T01:30:00Z' } as StoryCall],
    messages: [],
  }
  expect(momentsOf(story).map((moment) => moment.what)).toEqual(['event', 'call', 'event'])
})

test('given an event with its answer when told then what it brought and what is owed are read', () => {
  const event = line('2026-03-01T01:00:00Z', 'event', 'called', { facts: { window: '3' }, answer: { created: [{ purpose: 'your_turn' }, 3] } })
  expect(factsOf(event)).toEqual({ window: '3' })
  expect(answerOf(event)).toEqual(['your_turn'])
  expect(answerOf(line('2026-03-01T01:00:00Z', 'event', 'called'))).toEqual([])
})
