import { ACTIONS, FIELDS, SUBJECTS, VERBS, type Words } from '@/api/auditWords'
import { language, t } from '@/app/i18n'
import type { EntryView } from './entry'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function known(words: Words, word: string): string | null {
  const title = Object.hasOwn(words, word) ? words[word] : undefined
  return title === undefined ? null : language.value === 'zh-CN' ? title.zh : title.en
}

/** What was done, in words: the whole word's own, or verb and object; the stable word itself where there are none yet. */
export function actionText(action: string): string {
  const whole = known(ACTIONS, action)
  if (whole !== null) return whole
  const [object = '', ...rest] = action.split('.')
  const verb = known(VERBS, rest.join('_'))
  const subject = known(SUBJECTS, object)
  return verb !== null && subject !== null ? t('audit.done', { verb, subject }) : action
}

/** What it was done to; of an id the end, which differs from its neighbours'. */
export function subjectText(entry: EntryView): string {
  const kind = known(SUBJECTS, entry.subject_kind) ?? entry.subject_kind
  return `${kind} ${UUID.test(entry.subject_id) ? `…${entry.subject_id.slice(-6)}` : entry.subject_id}`
}

/** A field of a change. `qualification.checked_by` is named part by part. */
export function fieldText(name: string): string {
  return name
    .split('.')
    .map((part) => known(FIELDS, part) ?? part)
    .join(' · ')
}
