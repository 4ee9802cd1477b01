import { api, call } from '@/api/client'
import type { TaskView } from '@/api/schema'
import { i18n } from '@/app/i18n'

/** For ApiTable's `start-export`: the rows that its filters show, as a workbook made by a task. */
export function exportOf(offer: string): (filters: Record<string, string>) => Promise<TaskView> {
  return async (filters) => {
    const language = i18n.global.locale.value === 'en' ? 'en' : 'zh'
    const body = { offer, filters, language, reason: '', whole_phones: false }
    const begun = await call(api.POST('/api/v1/exports', { body }))
    return call(api.GET('/api/v1/tasks/{task_id}', { params: { path: { task_id: begun.task_id } } }))
  }
}
