import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { api, call } from '@/api/client'
import { ProblemError } from '@/api/problem'
import type { EventAnswer, PhoneView, QueueEventKind, VisitAnswer, VisitRequest } from '@/api/schema'
import { useSession } from '@/app/session'
import { awaitedChannels, isLively, storyOf, type Told } from './story'

const OFTEN_MILLISECONDS = 600
const SELDOM_MILLISECONDS = 4000
/** What has not come by then was put off by a rule, or the platform is busy. */
const LATE_MILLISECONDS = 60_000

interface Facts {
  ahead?: number
  window?: string
}

/** One imagined visitor: what was told of it, and what its phone shows. The address keeps it over a reload. */
export function useVisit() {
  const route = useRoute()
  const router = useRouter()
  const session = useSession()
  const phone = shallowRef<PhoneView | null>(null)
  const told = ref<Told[]>([])
  const problem = shallowRef<ProblemError | null>(null)
  const busy = ref(false)
  const late = ref(false)
  let timer = 0
  let steppedAt = 0
  let turn = 0

  const id = computed(() => (typeof route.query.visit === 'string' ? route.query.visit : ''))
  const story = computed(() => storyOf(told.value, phone.value))
  const awaited = computed(() => awaitedChannels(told.value, phone.value))

  async function look(): Promise<void> {
    window.clearTimeout(timer)
    const mine = ++turn
    if (id.value === '') {
      phone.value = null
      return
    }
    try {
      const found = await call(api.GET('/api/v1/sandbox/visits/{journey_id}', { params: { path: { journey_id: id.value } } }))
      if (mine !== turn) return
      phone.value = found
    } catch (error) {
      if (mine !== turn) return
      if (!(error instanceof ProblemError)) throw error
      problem.value = error
      if (error.problem.status === 404 || error.problem.status === 400) return
    }
    const since = Date.now() - steppedAt
    late.value = since > LATE_MILLISECONDS
    const wait = isLively(phone.value, since) || (awaited.value.length > 0 && !late.value) ? OFTEN_MILLISECONDS : SELDOM_MILLISECONDS
    timer = window.setTimeout(() => void look(), document.hidden ? SELDOM_MILLISECONDS : wait)
  }

  /** After a reload the platform's own record says what was told of the visitor. */
  async function remember(): Promise<void> {
    if (!session.can('notifications:read')) return
    const detail = await call(api.GET('/api/v1/journeys/{journey_id}', { params: { path: { journey_id: id.value } } })).catch(() => null)
    if (detail === null || told.value.length > 0) return
    told.value = detail.events.map(({ event_id: key, occurred_at: at, event, facts, answer }) => ({
      key,
      at,
      event,
      ahead: typeof facts.ahead === 'number' ? facts.ahead : null,
      window: typeof facts.window === 'string' ? facts.window : null,
      answer: answer as unknown as EventAnswer,
    }))
  }

  async function say(event: QueueEventKind, facts: Facts, asked: () => Promise<VisitAnswer>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    problem.value = null
    const at = new Date().toISOString()
    try {
      const answer = await asked()
      steppedAt = Date.now()
      const one: Told = { key: answer.answer.event_id ?? at, at, event, ahead: facts.ahead ?? null, window: facts.window ?? null, answer: answer.answer }
      told.value = [...told.value, one]
      if (answer.journey_id !== id.value) await router.replace({ query: { ...route.query, visit: answer.journey_id } })
      await look()
      return true
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      problem.value = error
      return false
    } finally {
      busy.value = false
    }
  }

  async function take(request: VisitRequest): Promise<boolean> {
    told.value = []
    phone.value = null
    return say('taken', { ahead: request.ahead }, () => call(api.POST('/api/v1/sandbox/visits', { body: request })))
  }

  function step(event: QueueEventKind, facts: Facts = {}): Promise<boolean> {
    const path = { journey_id: id.value }
    return say(event, facts, () => call(api.POST('/api/v1/sandbox/visits/{journey_id}/steps', { params: { path }, body: { event, ...facts } })))
  }

  async function leave(): Promise<void> {
    told.value = []
    problem.value = null
    phone.value = null
    await router.replace({ query: { ...route.query, visit: undefined } })
  }

  watch(id, () => void look())
  void look()
  if (id.value !== '') void remember()
  onScopeDispose(() => {
    turn += 1
    window.clearTimeout(timer)
  })
  return { id, phone, story, awaited, late, problem, busy, take, step, leave }
}
