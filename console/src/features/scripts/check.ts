import { ref, watch, type Ref } from 'vue'
import { api, call } from '@/api/client'
import type { Channel, CheckView } from '@/api/schema'
import { showError } from '@/shared/toast'
import { slotBodies, type SlotDraft } from './template'

const PAUSE_MILLISECONDS = 400

/** What the server says of a wording, asked while it is being typed. */
export function useCheck(channel: () => Channel, text: Ref<string>, slots: Ref<SlotDraft[]>) {
  const answer = ref<CheckView | null>(null)
  const busy = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let turn = 0

  async function ask(): Promise<void> {
    const asked = ++turn
    try {
      const body = { channel: channel(), text: text.value, slots: slotBodies(slots.value) }
      const said = await call(api.POST('/api/v1/scripts/check', { body }))
      if (asked === turn) answer.value = said
    } catch (error) {
      if (asked === turn) showError(error)
    } finally {
      if (asked === turn) busy.value = false
    }
  }

  watch(
    () => JSON.stringify([channel(), text.value, slotBodies(slots.value)]),
    () => {
      clearTimeout(timer)
      turn += 1
      busy.value = text.value !== ''
      if (text.value === '') answer.value = null
      else timer = setTimeout(() => void ask(), PAUSE_MILLISECONDS)
    },
    { immediate: true },
  )
  return { answer, busy }
}
