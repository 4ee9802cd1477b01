import { api, call } from '@/api/client'
import type { Offers } from '@/api/offers'
import type { TaskView } from '@/api/schema'
import { i18n } from '@/app/i18n'
import { useSession } from '@/app/session'
import type { Seen } from './table'

/**
 * For ApiTable's `start-export`: the table as it is seen, as a workbook made by a task. `more` are filters that the page
 * has besides the table's. Nothing for whoever may not export.
 */
export function exportOf(offer: keyof Offers, more?: () => Record<string, string | undefined>): ((seen: Seen) => Promise<TaskView>) | undefined {
  const session = useSession()
  const operator = session.side === 'operator'
  if (!operator && !session.can('documents:read')) return undefined
  return async ({ filters, columns, sort }) => {
    const language = i18n.global.locale.value === 'en' ? 'en' : 'zh'
    const body = { offer, filters: { ...more?.(), ...filters }, columns, sort, language, reason: '', whole_phones: false }
    if (operator) {
      const begun = await call(api.POST('/api/v1/operator/exports', { body }))
      return call(api.GET('/api/v1/operator/exports/{task_id}', { params: { path: { task_id: begun.task_id } } }))
    }
    const begun = await call(api.POST('/api/v1/exports', { body }))
    return call(api.GET('/api/v1/exports/{task_id}', { params: { path: { task_id: begun.task_id } } }))
  }
}
