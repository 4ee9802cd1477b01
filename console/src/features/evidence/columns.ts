import type { ComposerTranslation } from 'vue-i18n'
import type { PackView } from '@/api/schema'
import type { Exported, Filter } from '@/shared/table'
import { KINDS } from './pack'

/** What both sides' lists show of a pack. */
export function packColumns(t: ComposerTranslation): Exported<PackView, 'evidence_packs'>[] {
  return [
    { key: 'subject', exports: ['kind', 'callee', 'call_id', 'complaint_id', 'first_day', 'last_day'], title: t('evidence.about'), main: true },
    { key: 'state', title: t('evidence.state') },
    { key: 'attempts', title: t('evidence.attempts'), figures: true },
    { key: 'reason', title: t('evidence.reason') },
    { key: 'requested_by', title: t('evidence.requestedBy') },
    { key: 'requested_at', title: t('evidence.requestedAt') },
    { key: 'content_sha256', title: t('evidence.hash'), optional: true },
    { key: 'key_id', title: t('evidence.key'), optional: true },
  ]
}

export function kindFilter(t: ComposerTranslation): Filter {
  return { key: 'kind', label: t('evidence.about'), kind: 'choice', choices: KINDS.map((value) => ({ value, label: t(`evidence.kinds.${value}`) })) }
}
