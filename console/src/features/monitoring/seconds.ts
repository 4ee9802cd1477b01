import { onBeforeUnmount, onMounted, type Ref } from 'vue'
import { clockText } from './board'

/**
 * Counts seconds in elements that carry `data-since` (milliseconds), and moves bars that carry `data-from` and
 * `data-length`: once a second, straight into the elements in sight. Nothing is rendered anew for it.
 */
export function useSeconds(host: Ref<HTMLElement | null>, now: () => number): void {
  let timer = 0

  function tick(): void {
    if (host.value === null || document.hidden) return
    const at = now()
    for (const element of host.value.querySelectorAll<HTMLElement>('[data-since]')) {
      const text = clockText(at - Number(element.dataset.since))
      if (element.textContent !== text) element.textContent = text
    }
    for (const element of host.value.querySelectorAll<HTMLElement>('[data-from]')) {
      const share = (at - Number(element.dataset.from)) / Number(element.dataset.length)
      element.style.transform = `scaleX(${Math.min(1, Math.max(0, share)).toFixed(3)})`
    }
  }

  onMounted(() => {
    timer = window.setInterval(tick, 1000)
  })
  onBeforeUnmount(() => window.clearInterval(timer))
}
