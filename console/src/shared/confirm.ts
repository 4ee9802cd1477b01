import { shallowRef } from 'vue'

export interface Question {
  title: string
  /** What will happen, one sentence each. */
  consequences: readonly string[]
  /** The button's verb. */
  confirm: string
  danger?: boolean
  /** Asks for words that go with it. */
  reason?: { label: string; least: number }
}

export interface Open {
  question: Question
  answer: (reason: string | null) => void
}

export const open = shallowRef<Open | null>(null)

/** Asks before something happens. Resolves to the words given (empty where none were asked for), or null for "no". */
export function confirmAction(question: Question): Promise<string | null> {
  open.value?.answer(null)
  return new Promise((resolve) => {
    open.value = {
      question,
      answer: (reason) => {
        open.value = null
        resolve(reason)
      },
    }
  })
}
