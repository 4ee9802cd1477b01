import type { TaskView } from '@/api/schema'

export const STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const
/** What each side's long work is, by the names that the server gives it. */
export const KINDS = {
  tenant: ['exports.write', 'consent.import', 'evidence.build', 'reports.send_mail'],
  operator: ['exports.write', 'billing.reconcile', 'evidence.build', 'reports.send_mail', 'equipment.test_trunk', 'equipment.test_smsc', 'call_cards.test_carrier'],
} as const

export function isLive(task: Pick<TaskView, 'state'>): boolean {
  return task.state === 'queued' || task.state === 'running'
}

/** How far it is, 0 to 100; null while nobody knows. */
export function shareOf(task: Pick<TaskView, 'done_units' | 'total_units'>): number | null {
  if (!task.total_units) return null
  return Math.min(100, Math.round((task.done_units / task.total_units) * 100))
}

/** What a finished evidence pack holds; null for other work, and for packs that were made before it was told. */
export function packedIn(task: Pick<TaskView, 'kind' | 'state' | 'report'>): { calls: number; messages: number; files: number } | null {
  const { calls, messages, files } = task.report
  if (task.kind !== 'evidence.build' || task.state !== 'done') return null
  return typeof calls === 'number' && typeof messages === 'number' && typeof files === 'number' ? { calls, messages, files } : null
}

/** Lines of a report: what is nested is told by its path. */
export function linesOf(report: Record<string, unknown>, before = ''): { key: string; value: string }[] {
  return Object.entries(report).flatMap(([name, value]) => {
    const key = before === '' ? name : `${before}.${name}`
    if (Array.isArray(value)) return [{ key, value: value.map((one) => (typeof one === 'object' ? JSON.stringify(one) : String(one))).join('\n') }]
    if (typeof value === 'object' && value !== null) return linesOf(value as Record<string, unknown>, key)
    return [{ key, value: value === null ? '—' : String(value) }]
  })
}
