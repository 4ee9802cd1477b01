import { i18n, t } from '@/app/i18n'
import type { EntryView } from './entry'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function known(key: string): string | null {
  return i18n.global.te(key) ? t(key) : null
}

/** What was done, in words: the whole word's own, or verb and object; the stable word itself where there are none yet. */
export function actionText(action: string): string {
  const whole = known(`audit.actions.${action.replaceAll('.', '_')}`)
  if (whole !== null) return whole
  const [object = '', ...rest] = action.split('.')
  const verb = known(`audit.verbs.${rest.join('_')}`)
  const subject = known(`audit.subjects.${object}`)
  return verb !== null && subject !== null ? t('audit.done', { verb, subject }) : action
}

/** What it was done to; of an id the end, which differs from its neighbours'. */
export function subjectText(entry: EntryView): string {
  const kind = known(`audit.subjects.${entry.subject_kind}`) ?? entry.subject_kind
  return `${kind} ${UUID.test(entry.subject_id) ? `…${entry.subject_id.slice(-6)}` : entry.subject_id}`
}

/** A field of a change. `qualification.checked_by` is named part by part. */
export function fieldText(name: string): string {
  return name
    .split('.')
    .map((part) => known(`audit.fields.${part}`) ?? part)
    .join(' · ')
}
