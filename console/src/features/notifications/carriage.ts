import { useI18n } from 'vue-i18n'
import type { CallDetail, OperatorCallView } from '@/api/schema'
import { language } from '@/app/i18n'
import { durationText, momentText, numberText } from '@/shared/format'
import { useNames } from './endings'

export interface Fact {
  key: string
  title: string
  value?: string | number | null
}

export function momentOf(at: string | null | undefined): string | null {
  return at ? momentText(at, true) : null
}

/** How a call was carried and how it ended: what the tenant and the operator see alike. */
export function useCarriage(): (call: CallDetail | OperatorCallView | null) => Fact[] {
  const { t, te } = useI18n()
  const names = useNames()

  function endedBy(by: string | null | undefined): string {
    return by && te(`notifications.endedBy.${by}`) ? t(`notifications.endedBy.${by}`) : (by ?? '')
  }

  return (call) => [
    { key: 'number', title: t('notifications.callerNumber'), value: call && numberText(call.caller_number) },
    { key: 'dialled', title: t('notifications.dialled'), value: momentOf(call?.reserved_at) },
    { key: 'early', title: t('notifications.earlyMedia'), value: momentOf(call?.early_media_at) },
    { key: 'ringing', title: t('notifications.ringing'), value: momentOf(call?.ringing_at) },
    { key: 'answered', title: t('notifications.answered'), value: momentOf(call?.answered_at) },
    { key: 'ended', title: t('notifications.ended'), value: momentOf(call?.ended_at) },
    {
      key: 'talked',
      title: t('notifications.talked'),
      value: call && call.seconds_talked !== null ? durationText(call.seconds_talked, language.value) : null,
    },
    { key: 'by', title: t('notifications.endedByTitle'), value: endedBy(call?.ended_by) },
    { key: 'sip', title: 'SIP', value: call?.sip_code },
    { key: 'q850', title: 'Q.850', value: call?.q850 },
    { key: 'reason', title: t('notifications.reason'), value: call?.reason ? names.reason(call.reason) : null },
  ]
}
