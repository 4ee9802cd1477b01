import { onScopeDispose, ref } from 'vue'

export type StreamState = 'connecting' | 'open' | 'waiting'

const FIRST_DELAY = 1000
const LONGEST_DELAY = 30_000

/**
 * Server-sent events with reconnection and backoff, ended with the component. Event names map to handlers that get the
 * parsed data. The stream goes by the session's cookie: an operator under a grant adds the tenant to the address, since
 * EventSource sends no headers.
 */
export function useEventStream(address: () => string, handlers: Record<string, (data: unknown) => void>) {
  const state = ref<StreamState>('connecting')
  let source: EventSource | null = null
  let timer = 0
  let delay = FIRST_DELAY

  function connect(): void {
    source?.close()
    state.value = 'connecting'
    const fresh = new EventSource(address())
    source = fresh
    fresh.addEventListener('open', () => {
      state.value = 'open'
      delay = FIRST_DELAY
    })
    fresh.addEventListener('error', () => {
      fresh.close()
      state.value = 'waiting'
      window.clearTimeout(timer)
      timer = window.setTimeout(connect, delay)
      delay = Math.min(delay * 2, LONGEST_DELAY)
    })
    for (const [name, handle] of Object.entries(handlers)) {
      fresh.addEventListener(name, (event) => handle(JSON.parse((event as MessageEvent<string>).data)))
    }
  }

  function close(): void {
    window.clearTimeout(timer)
    source?.close()
    source = null
  }

  connect()
  onScopeDispose(close)
  return { state, reconnect: connect, close }
}
