import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { api, call } from '@/api/client'
import { ProblemError } from '@/api/problem'
import type { ReadingWords } from '@/api/schema'
import { placeholders, slotBodies, type SlotDraft } from './template'

const PAUSE_MILLISECONDS = 500

/** A wording with sample values: the words that the voice would say, and the voice itself. */
export function useReading(text: Ref<string>, slots: Ref<SlotDraft[]>) {
  const words = ref<ReadingWords | null>(null)
  const problem = ref<ProblemError | null>(null)
  const sound = ref<string | null>(null)
  const reading = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let turn = 0

  function body() {
    const used = placeholders(text.value)
    const values = slots.value.filter((slot) => used.includes(slot.name)).map((slot) => [slot.name, slot.sample] as const)
    return { text: text.value, slots: slotBodies(slots.value), parameters: Object.fromEntries(values), queue_digits: 'yao' as const }
  }

  async function look(): Promise<void> {
    const asked = ++turn
    try {
      const said = await call(api.POST('/api/v1/scripts/reading-aloud/words', { body: body() }))
      if (asked !== turn) return
      words.value = said
      problem.value = null
    } catch (error) {
      if (asked !== turn) return
      words.value = null
      if (error instanceof ProblemError) problem.value = error
      else throw error
    }
  }

  async function read(): Promise<void> {
    reading.value = true
    try {
      const blob = await call(api.POST('/api/v1/scripts/reading-aloud', { body: body(), parseAs: 'blob' }))
      drop()
      sound.value = URL.createObjectURL(blob as unknown as Blob)
    } finally {
      reading.value = false
    }
  }

  function drop(): void {
    if (sound.value !== null) URL.revokeObjectURL(sound.value)
    sound.value = null
  }

  watch(
    () => JSON.stringify(body()),
    () => {
      clearTimeout(timer)
      turn += 1
      drop()
      if (text.value.trim() === '') words.value = problem.value = null
      else timer = setTimeout(() => void look(), PAUSE_MILLISECONDS)
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    drop()
  })
  return { words, problem, sound, reading, read }
}
