import { onScopeDispose, ref, watch } from 'vue'
import { fetchFile } from '@/api/client'
import { ProblemError } from '@/api/problem'

/** A logo as the browser can show it: fetched with the session, kept as long as the page. Null: none, or not to be had. */
export function useLogo(path: () => string | null) {
  const address = ref<string | null>(null)

  function drop(): void {
    if (address.value !== null) URL.revokeObjectURL(address.value)
    address.value = null
  }

  watch(
    path,
    async (now) => {
      drop()
      if (now === null) return
      try {
        const { blob } = await fetchFile(now)
        if (path() === now) address.value = URL.createObjectURL(blob)
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error
      }
    },
    { immediate: true },
  )
  onScopeDispose(drop)
  return address
}
