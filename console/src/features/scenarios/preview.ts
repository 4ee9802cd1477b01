import { ref, watch } from 'vue'
import { api, call } from '@/api/client'
import { ProblemError } from '@/api/problem'
import type { PreviewAnswer } from '@/api/schema'
import { requestOf, type Queue } from './imagined'
import { complete, planOf, type PlanDraft } from './plan'

const PAUSE_MILLISECONDS = 600

/** What would happen by the plan as it is being edited, asked while it changes. */
export function usePreview(draft: () => PlanDraft | null, queue: Queue) {
  const answer = ref<PreviewAnswer | null>(null)
  const problem = ref<ProblemError | null>(null)
  const busy = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let turn = 0

  async function ask(plan: PlanDraft): Promise<void> {
    const asked = ++turn
    try {
      const said = await call(api.POST('/api/v1/scenarios/preview', { body: requestOf(planOf(plan), queue) }))
      if (asked !== turn) return
      answer.value = said
      problem.value = null
    } catch (error) {
      if (asked !== turn) return
      answer.value = null
      if (error instanceof ProblemError) problem.value = error
      else throw error
    } finally {
      if (asked === turn) busy.value = false
    }
  }

  watch(
    () => JSON.stringify([draft(), queue]),
    () => {
      clearTimeout(timer)
      turn += 1
      const plan = draft()
      busy.value = plan !== null && complete(plan)
      if (plan === null || !complete(plan)) answer.value = problem.value = null
      else timer = setTimeout(() => void ask(plan), PAUSE_MILLISECONDS)
    },
    { immediate: true },
  )
  return { answer, problem, busy }
}
