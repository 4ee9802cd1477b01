import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { api, call, carried } from '@/api/client'
import { ProblemError } from '@/api/problem'
import type { Scope, WhoAmI } from '@/api/schema'
import type { PageDefinition } from '@/shared/feature'

const TENANT_KEY = 'yunhu.acting-for'

/** Who has signed in, what they may do, and for which tenant an operator acts. */
export const useSession = defineStore('session', () => {
  const who = ref<WhoAmI | null>(null)
  const known = ref(false)
  const ended = ref(false)
  const granted = computed(() => new Set(who.value?.permissions ?? []))
  const ofOperator = computed(() => who.value?.side === 'operator')
  /** Whose pages are shown: the tenant's also to an operator who acts under its grant. */
  const side = computed<'operator' | 'tenant'>(() => (who.value?.tenant ? 'tenant' : 'operator'))
  const actingFor = computed(() => (ofOperator.value ? (who.value?.tenant ?? null) : null))

  carried.ended = () => {
    carried.csrf = null
    who.value = null
    ended.value = true
  }

  /** Asks the server once who is there; later calls answer at once. */
  async function ensure(): Promise<WhoAmI | null> {
    if (!known.value) await load()
    return who.value
  }

  async function load(): Promise<void> {
    carried.tenant = sessionStorage.getItem(TENANT_KEY)
    try {
      who.value = await whoAmI()
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      if (error.id === 'identity.grant_missing') {
        actFor(null)
        who.value = await whoAmI().catch(() => null)
      } else if (error.problem.status === 401) {
        who.value = null
      } else {
        throw error
      }
    }
    carried.csrf = who.value?.csrf_token ?? null
    known.value = true
    if (who.value !== null) ended.value = false
  }

  /** Look at a tenant's content under its grant, or stop doing so. Throws `ProblemError` where none stands. */
  async function switchTenant(slug: string | null): Promise<void> {
    const before = carried.tenant
    actFor(slug)
    try {
      who.value = await whoAmI()
    } catch (error) {
      actFor(before)
      throw error
    }
  }

  async function signOut(): Promise<void> {
    await call(api.DELETE('/api/v1/session'))
    forget()
  }

  /** Whatever this browser still knows of the session. */
  function forget(): void {
    actFor(null)
    carried.csrf = null
    who.value = null
    ended.value = false
  }

  function can(...scopes: readonly Scope[]): boolean {
    return scopes.some((scope) => granted.value.has(scope))
  }

  function mayOpen(page: PageDefinition): boolean {
    if (page.open) return true
    if (who.value === null) return false
    if (page.needs !== undefined && !can(...page.needs)) return false
    if (page.side === undefined || page.side === side.value) return true
    return page.side === 'operator' && ofOperator.value && page.needs !== undefined
  }

  return { who, ended, side, ofOperator, actingFor, ensure, load, switchTenant, signOut, forget, can, mayOpen }
})

function whoAmI(): Promise<WhoAmI> {
  return call(api.GET('/api/v1/session'))
}

function actFor(slug: string | null): void {
  carried.tenant = slug
  if (slug === null) sessionStorage.removeItem(TENANT_KEY)
  else sessionStorage.setItem(TENANT_KEY, slug)
}
