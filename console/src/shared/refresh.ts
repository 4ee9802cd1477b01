import { onScopeDispose, ref } from 'vue'

/** Calls again and again, never twice at a time, not while the page is hidden, and at once when it is seen again. */
export function useRefresh(look: () => Promise<void>, milliseconds: () => number) {
  const busy = ref(false)
  let timer = 0
  let over = false

  async function now(): Promise<void> {
    window.clearTimeout(timer)
    if (busy.value || over) return
    busy.value = true
    try {
      await look()
    } finally {
      busy.value = false
      if (!over) timer = window.setTimeout(tick, milliseconds())
    }
  }

  function tick(): void {
    if (!document.hidden) void now()
  }

  function onSeen(): void {
    if (!document.hidden) void now()
  }

  document.addEventListener('visibilitychange', onSeen)
  void now()
  onScopeDispose(() => {
    over = true
    window.clearTimeout(timer)
    document.removeEventListener('visibilitychange', onSeen)
  })
  return { busy, now }
}
