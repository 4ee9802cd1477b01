import { computed, ref, shallowRef, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { ProblemError } from '@/api/problem'
import type { Filter, ListPage, ListQuery } from './table'
import { showError } from './toast'

const LIMIT = 50

interface Asked<T> {
  filters: () => readonly Filter[]
  load: (query: ListQuery) => Promise<ListPage<T>>
}

/** What a list shows and how it is asked for: filters and sort in the page's address, cursor pages in memory. */
export function useListing<T>(asked: Asked<T>) {
  const route = useRoute()
  const router = useRouter()
  const page = shallowRef<ListPage<T> | null>(null)
  const problem = shallowRef<ProblemError | null>(null)
  const busy = ref(false)
  const trail = ref<string[]>([])
  /** Filters that stay out of the address. */
  const personal = ref<Record<string, string>>({})
  let turn = 0

  const given = computed<Record<string, string>>(() => {
    const known = asked.filters().flatMap((filter) => {
      const value = isPersonal(filter.key) ? personal.value[filter.key] : route.query[filter.key]
      return typeof value === 'string' && value !== '' ? [[filter.key, value] as const] : []
    })
    return Object.fromEntries(known)
  })
  const sort = computed(() => (typeof route.query.sort === 'string' ? route.query.sort : undefined))

  async function look(): Promise<void> {
    const mine = ++turn
    busy.value = true
    try {
      const cursor = trail.value.at(-1)
      const answer = await asked.load({ limit: LIMIT, filters: given.value, sort: sort.value, cursor })
      if (mine !== turn) return
      page.value = answer
      problem.value = null
    } catch (error) {
      if (mine !== turn) return
      if (error instanceof ProblemError) problem.value = error
      else showError(error)
    } finally {
      if (mine === turn) busy.value = false
    }
  }

  function turnTo(cursors: string[]): void {
    trail.value = cursors
    void look()
  }

  async function narrow(filters: Record<string, string>): Promise<void> {
    const chosen = Object.entries(filters)
    personal.value = Object.fromEntries(chosen.filter(([key]) => isPersonal(key)))
    const told = Object.fromEntries(chosen.filter(([key]) => !isPersonal(key)))
    const query: Record<string, string> = sort.value ? { ...told, sort: sort.value } : told
    const kept = Object.entries(route.query).filter(([key]) => !isOwn(key))
    await router.replace({ query: { ...Object.fromEntries(kept), ...query } })
  }

  function isPersonal(key: string): boolean {
    return asked.filters().some((filter) => filter.key === key && filter.kind === 'text' && filter.personal)
  }

  function isOwn(key: string): boolean {
    return key === 'sort' || asked.filters().some((filter) => filter.key === key)
  }

  async function sortBy(name: string): Promise<void> {
    const next = sort.value === name ? `-${name}` : name
    await router.replace({ query: { ...route.query, sort: next } })
  }

  function direction(name: string | undefined): 'ascending' | 'descending' | undefined {
    if (name === undefined || sort.value === undefined) return undefined
    if (sort.value === name) return 'ascending'
    return sort.value === `-${name}` ? 'descending' : undefined
  }

  watch([given, sort], () => turnTo([]), { immediate: true })
  return { page, problem, busy, trail, given, sort, look, turnTo, narrow, sortBy, direction }
}
