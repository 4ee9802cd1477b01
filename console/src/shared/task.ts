import { onScopeDispose, ref } from 'vue'
import { api, call } from '@/api/client'
import type { TaskView } from '@/api/schema'
import { useSession } from '@/app/session'
import type { Tone } from './ui/StateTag.vue'

const FIRST_MILLISECONDS = 400
const LONGEST_MILLISECONDS = 3000
const EXPORT = 'exports.write'
const OVER = new Set(['done', 'failed', 'cancelled'])

export const TASK_TONES: Record<string, Tone> = { queued: 'calm', running: 'info', done: 'good', failed: 'bad', cancelled: 'warn' }

/** Follows one task until it is over. */
export function useTask() {
  const session = useSession()
  const task = ref<TaskView | null>(null)
  let timer = 0
  let following = 0

  function ask(begun: TaskView): Promise<TaskView> {
    const params = { path: { task_id: begun.id } }
    if (begun.kind === EXPORT) {
      return session.side === 'operator'
        ? call(api.GET('/api/v1/operator/exports/{task_id}', { params }))
        : call(api.GET('/api/v1/exports/{task_id}', { params }))
    }
    return session.side === 'operator'
      ? call(api.GET('/api/v1/operator/tasks/{task_id}', { params }))
      : call(api.GET('/api/v1/tasks/{task_id}', { params }))
  }

  /** Resolves when the task is over, however it ended. */
  function follow(begun: TaskView): Promise<TaskView> {
    const turn = ++following
    task.value = begun
    let wait = FIRST_MILLISECONDS
    return new Promise((resolve, reject) => {
      const look = async () => {
        if (turn !== following) return
        try {
          const now = await ask(begun)
          task.value = now
          if (OVER.has(now.state)) {
            resolve(now)
            return
          }
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
          return
        }
        timer = window.setTimeout(() => void look(), wait)
        wait = Math.min(wait * 1.5, LONGEST_MILLISECONDS)
      }
      void look()
    })
  }

  async function cancel(): Promise<void> {
    if (task.value !== null) task.value = await cancelTask(task.value, session.side)
  }

  onScopeDispose(() => {
    following += 1
    window.clearTimeout(timer)
  })
  return { task, follow, cancel }
}

/** Asks a task to stop; what it is then. Exports are their own slice's to stop. */
export function cancelTask(task: TaskView, side: 'operator' | 'tenant'): Promise<TaskView> {
  const params = { path: { task_id: task.id } }
  if (task.kind === EXPORT) {
    return side === 'operator'
      ? call(api.POST('/api/v1/operator/exports/{task_id}/cancel', { params }))
      : call(api.POST('/api/v1/exports/{task_id}/cancel', { params }))
  }
  return side === 'operator'
    ? call(api.POST('/api/v1/operator/tasks/{task_id}/cancel', { params }))
    : call(api.POST('/api/v1/tasks/{task_id}/cancel', { params }))
}

/** Where a finished task's file is fetched. */
export function resultPath(task: TaskView, side: 'operator' | 'tenant'): string | null {
  if (task.result_document_id === null) return null
  const root = side === 'operator' ? '/api/v1/operator' : '/api/v1'
  if (task.kind === EXPORT) return `${root}/exports/${task.id}/content`
  return `${root}/documents/${task.result_document_id}/content`
}
