import { onScopeDispose, ref } from 'vue'
import { carried, headersFor } from '@/api/client'
import { sseParser } from './sseParser'

export type StreamState = 'connecting' | 'open' | 'waiting'

const FIRST_DELAY = 1000
const LONGEST_DELAY = 30_000
/** Servers say something every ten seconds; silence beyond this is a broken line. */
const LONGEST_SILENCE = 25_000

/**
 * Server-sent events with reconnection and backoff, ended with the component. Event names map to handlers that get the
 * parsed data. Unlike EventSource it carries the headers of every request (an operator's grant), sees a session's end,
 * and notices a line that has gone silent. `Last-Event-ID` goes on where the stream broke.
 */
export function useEventStream(address: () => string, handlers: Record<string, (data: unknown) => void>) {
  const state = ref<StreamState>('connecting')
  let stop = new AbortController()
  let timer = 0
  let delay = FIRST_DELAY
  let last: string | null = null

  function connect(): void {
    stop.abort()
    window.clearTimeout(timer)
    stop = new AbortController()
    state.value = 'connecting'
    void follow(stop)
  }

  async function follow(mine: AbortController): Promise<void> {
    try {
      await read(mine)
    } catch {
      // A broken line is what reconnection is for.
    }
    if (mine !== stop) return
    state.value = 'waiting'
    timer = window.setTimeout(connect, delay)
    delay = Math.min(delay * 2, LONGEST_DELAY)
  }

  async function read(mine: AbortController): Promise<void> {
    const headers: Record<string, string> = { Accept: 'text/event-stream', ...Object.fromEntries(headersFor('GET')) }
    if (last !== null) headers['Last-Event-ID'] = last
    const answer = await fetch(address(), { headers, signal: mine.signal, cache: 'no-store' })
    if (answer.status === 401 && carried.csrf !== null) carried.ended()
    if (!answer.ok || answer.body === null) throw new Error(`stream: ${answer.status}`)
    state.value = 'open'
    delay = FIRST_DELAY
    const feed = sseParser(({ name, data, id }) => {
      if (mine !== stop) return
      if (id !== null) last = id
      handlers[name]?.(JSON.parse(data))
    })
    let silence = 0
    const decoder = new TextDecoder()
    const reader = answer.body.getReader()
    try {
      for (;;) {
        silence = window.setTimeout(() => mine.abort(), LONGEST_SILENCE)
        const { done, value } = await reader.read()
        window.clearTimeout(silence)
        if (done) return
        feed(decoder.decode(value, { stream: true }))
      }
    } finally {
      window.clearTimeout(silence)
    }
  }

  function close(): void {
    window.clearTimeout(timer)
    const ending = stop
    stop = new AbortController()
    ending.abort()
  }

  /** Begins anew, as if nothing had been heard. */
  function reconnect(): void {
    last = null
    delay = FIRST_DELAY
    connect()
  }

  connect()
  onScopeDispose(close)
  return { state, reconnect, close }
}
