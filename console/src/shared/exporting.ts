import { api, call } from '@/api/client'
import type { TaskView } from '@/api/schema'
import { i18n } from '@/app/i18n'
import { useSession } from '@/app/session'

type Filters = Record<string, string>

/**
 * For ApiTable's `start-export`: the rows that its filters show, as a workbook made by a task. `more` are filters that
 * the page has besides the table's. Nothing for whoever may not export.
 */
export function exportOf(offer: string, more?: () => Filters): ((filters: Filters) => Promise<TaskView>) | undefined {
  const session = useSession()
  const operator = session.side === 'operator'
  if (!operator && !session.can('documents:read')) return undefined
  return async (filters) => {
    const language = i18n.global.locale.value === 'en' ? 'en' : 'zh'
    const body = { offer, filters: { ...more?.(), ...filters }, language, reason: '', whole_phones: false }
    if (operator) {
      const begun = await call(api.POST('/api/v1/operator/exports', { body }))
      return call(api.GET('/api/v1/operator/exports/{task_id}', { params: { path: { task_id: begun.task_id } } }))
    }
    const begun = await call(api.POST('/api/v1/exports', { body }))
    return call(api.GET('/api/v1/exports/{task_id}', { params: { path: { task_id: begun.task_id } } }))
  }
}
