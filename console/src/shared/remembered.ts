import { type Ref, ref, watch } from 'vue'

const PREFIX = 'yunhu.'

/** A choice of taste that outlives the visit (language, theme, columns). Never a secret, never a person's data. */
export function remembered<T>(name: string, otherwise: T): Ref<T> {
  const key = PREFIX + name
  const value = ref(read(key, otherwise)) as Ref<T>
  watch(
    value,
    (next) => {
      try {
        localStorage.setItem(key, JSON.stringify(next))
      } catch {
        // A browser that keeps nothing still shows everything.
      }
    },
    { deep: true, flush: 'sync' },
  )
  return value
}

function read<T>(key: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(key)
    return text === null ? otherwise : (JSON.parse(text) as T)
  } catch {
    return otherwise
  }
}
