import { onScopeDispose, ref } from 'vue'

/** Without a touch for so long nobody is there: asking on would keep a session alive that ought to end. */
const ATTENDED_MILLISECONDS = 20 * 60_000
const TOUCHES = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const

/**
 * Calls again and again, never twice at a time, not while the page is hidden or nobody touches it, and at once when it
 * is seen again. `unattended` is for a wall, where nobody ever does.
 */
export function useRefresh(look: () => Promise<void>, milliseconds: () => number, unattended = false) {
  const busy = ref(false)
  let timer = 0
  let over = false
  let touchedAt = Date.now()

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
    if (document.hidden || (!unattended && Date.now() - touchedAt > ATTENDED_MILLISECONDS)) return
    void now()
  }

  function onTouch(): void {
    const wasAway = !unattended && Date.now() - touchedAt > ATTENDED_MILLISECONDS
    touchedAt = Date.now()
    if (wasAway) void now()
  }

  function onSeen(): void {
    if (!document.hidden) void now()
  }

  document.addEventListener('visibilitychange', onSeen)
  for (const touch of TOUCHES) document.addEventListener(touch, onTouch, { passive: true })
  void now()
  onScopeDispose(() => {
    over = true
    window.clearTimeout(timer)
    document.removeEventListener('visibilitychange', onSeen)
    for (const touch of TOUCHES) document.removeEventListener(touch, onTouch)
  })
  return { busy, now }
}
