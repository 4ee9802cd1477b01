import type { Directive } from 'vue'
import type { Scope } from '@/api/schema'
import { useSession } from '@/app/session'

type Wanted = Scope | readonly Scope[]

/**
 * `v-allowed="'users:manage'"` hides an element from whoever lacks the permission (one of several, where a list is
 * given). The server decides in any case; this spares people buttons that only refuse.
 */
export const allowed: Directive<HTMLElement, Wanted> = {
  mounted: (element, { value }) => show(element, value),
  updated: (element, { value }) => show(element, value),
}

function show(element: HTMLElement, wanted: Wanted): void {
  const scopes = typeof wanted === 'string' ? [wanted] : wanted
  element.hidden = !useSession().can(...scopes)
}
