import { api, call } from '@/api/client'
import type { LiveCallView, PauseView } from '@/api/schema'
import { confirmAction } from '@/shared/confirm'
import { showDone } from '@/shared/toast'
import { t } from '@/app/i18n'

/** Asks, then ends a running call. */
export async function stopCall(of: LiveCallView, asOperator: boolean): Promise<void> {
  const reason = await confirmAction({
    title: t('monitoring.stopTitle', { callee: of.callee ?? of.caller_number }),
    consequences: [t('monitoring.stopNow'), t('monitoring.stopForGood'), t('monitoring.recorded')],
    confirm: t('monitoring.stop'),
    danger: true,
    reason: { label: t('monitoring.reason'), least: 2 },
  })
  if (reason === null) return
  const asked = { params: { path: { call_id: of.call_id } }, body: { reason } }
  await (asOperator
    ? call(api.POST('/api/v1/operator/live/calls/{call_id}/stop', asked))
    : call(api.POST('/api/v1/live/calls/{call_id}/stop', asked)))
  showDone(t('monitoring.stopped'))
}

/** Asks, then lets what was paused go on. */
export async function resume(pause: PauseView, asOperator: boolean): Promise<boolean> {
  const reason = await confirmAction({
    title: pause.scenario ? t('monitoring.resumeScenario', { scenario: pause.scenario }) : t('monitoring.resumeAll'),
    consequences: [t('monitoring.resumeDue'), t('monitoring.recorded')],
    confirm: t('monitoring.resume'),
    reason: { label: t('monitoring.resumeReason'), least: 0 },
  })
  if (reason === null) return false
  const asked = { params: { path: { pause_id: pause.id } }, body: { reason } }
  await (asOperator
    ? call(api.POST('/api/v1/operator/live/pauses/{pause_id}/resume', asked))
    : call(api.POST('/api/v1/pauses/{pause_id}/resume', asked)))
  showDone(t('monitoring.resumed'))
  return true
}
