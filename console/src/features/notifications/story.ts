import type { JourneyStory, StoryCall, StoryLine, StoryMessage } from '@/api/schema'

export type Moment =
  | { at: string; key: string; what: 'event' | 'step' | 'callback'; line: StoryLine }
  | { at: string; key: string; what: 'call'; call: StoryCall }
  | { at: string; key: string; what: 'message'; message: StoryMessage }

/** Steps that calls and texts tell better themselves. */
const TOLD_ELSEWHERE = new Set(['attempted', 'submitted', 'ringing', 'answered'])

/** Everything of a visit in the order in which it happened; calls and texts stand where they began. */
export function momentsOf(story: JourneyStory): Moment[] {
  const lines = story.lines
    .filter((line) => line.source !== 'notification' || !TOLD_ELSEWHERE.has(line.kind))
    .map((line, at): Moment => ({ at: line.at, key: `line-${at}`, what: kindOf(line.source), line }))
  const calls = story.calls.map((call): Moment => ({ at: call.reserved_at, key: call.id, what: 'call', call }))
  const messages = story.messages.map((message): Moment => ({ at: message.created_at, key: message.id, what: 'message', message }))
  return [...lines, ...calls, ...messages].toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at))
}

function kindOf(source: string): 'event' | 'step' | 'callback' {
  if (source === 'event') return 'event'
  return source === 'callback' ? 'callback' : 'step'
}

/** What an event brought with it, as short facts. */
export function factsOf(line: StoryLine): Record<string, unknown> {
  const facts = line.detail['facts']
  return typeof facts === 'object' && facts !== null ? { ...facts } : {}
}

/** What the product answered to an event: that something is owed now, or why not. */
export function answerOf(line: StoryLine): string[] {
  const answer = line.detail['answer']
  if (typeof answer !== 'object' || answer === null) return []
  const owed = (answer as Record<string, unknown>)['created']
  return Array.isArray(owed) ? owed.flatMap((one) => (typeof one?.purpose === 'string' ? [one.purpose as string] : [])) : []
}
