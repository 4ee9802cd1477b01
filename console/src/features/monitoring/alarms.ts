import { api, call } from '@/api/client'
import type { MonitoringControllerAlarmsAlarmView as AlarmView } from '@/api/schema'
import { i18n, t } from '@/app/i18n'
import { numberText } from '@/shared/format'
import { confirmAction } from '@/shared/confirm'
import { showDone } from '@/shared/toast'

export type { AlarmView }

/** Where somebody looks into the cause; by kind of the subject. */
const PLACES: Record<string, (id: string) => string> = {
  fault: (id) => `/faults/${id}`,
  quota: () => '/contracts',
  contract: (id) => `/contracts/${id}`,
  complaint: (id) => `/complaints/${id}`,
  number: () => '/numbers',
  caller_number: () => '/numbers',
  trunk: () => '/equipment',
  node: () => '/equipment',
}

export function placeOfAlarm(alarm: AlarmView, asOperator: boolean): string | null {
  const place = PLACES[alarm.subject_kind]?.(alarm.subject_id)
  return place === undefined ? null : asOperator ? `/operator${place}` : place
}

/** What is the matter, in the reader's words. */
export function alarmTitle(kind: string): string {
  return i18n.global.te(`monitoring.alarm.${kind}`) ? t(`monitoring.alarm.${kind}`) : kind
}

function wordOf(name: string, value: string): string {
  if (name === 'month') return value.slice(0, 7)
  if (name === 'number') return numberText(value)
  const key = `monitoring.factWord.${name}.${value}`
  return i18n.global.te(key) ? t(key) : value
}

/** The facts that came with it, as one line. */
export function alarmFacts(alarm: AlarmView): string {
  return Object.entries(alarm.detail)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
    .map(([name, value]) => [name, wordOf(name, String(value))] as const)
    .map(([name, value]) => (i18n.global.te(`monitoring.fact.${name}`) ? t(`monitoring.fact.${name}`, { value }) : value))
    .join(' · ')
}

export async function acknowledge(alarm: AlarmView, asOperator: boolean): Promise<boolean> {
  const note = await confirmAction({
    title: t('monitoring.acknowledgeTitle', { alarm: alarmTitle(alarm.kind) }),
    consequences: [t('monitoring.acknowledgeMeans'), t('monitoring.recorded')],
    confirm: t('monitoring.acknowledge'),
    reason: { label: t('monitoring.note'), least: 0 },
  })
  if (note === null) return false
  const asked = { params: { path: { alarm_id: alarm.id } }, body: { note } }
  await (asOperator
    ? call(api.POST('/api/v1/operator/alarms/{alarm_id}/acknowledge', asked))
    : call(api.POST('/api/v1/alarms/{alarm_id}/acknowledge', asked)))
  showDone(t('monitoring.acknowledged'))
  return true
}

/** For a cause that nobody reports as gone. The operator's alone. */
export async function clear(alarm: AlarmView): Promise<boolean> {
  const note = await confirmAction({
    title: t('monitoring.clearTitle', { alarm: alarmTitle(alarm.kind) }),
    consequences: [t('monitoring.clearMeans'), t('monitoring.recorded')],
    confirm: t('monitoring.clear'),
    reason: { label: t('monitoring.note'), least: 0 },
  })
  if (note === null) return false
  await call(api.POST('/api/v1/operator/alarms/{alarm_id}/clear', { params: { path: { alarm_id: alarm.id } }, body: { note } }))
  showDone(t('monitoring.cleared'))
  return true
}
