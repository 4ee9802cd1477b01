import { useI18n } from 'vue-i18n'
import { language } from '@/app/i18n'
import { named } from '@/shared/joined'
import { seenText } from './verdict'

/** Words for what the server names by a key: the key itself where there is no word for it. */
export function useNames() {
  const { t, te } = useI18n()
  const or = (path: string, key: string): string => (te(path) ? t(path) : key)
  return {
    result(key: string | null): string {
      if (key === null || key === '') return '—'
      return te(`shared.callResult.${key}`) ? t(`shared.callResult.${key}`) : or(`notifications.textState.${key}`, key)
    },
    /** Short facts, one behind the other; ids and what is nested are left out. */
    told(facts: Record<string, unknown>): string {
      return Object.entries(facts)
        .filter(([key, value]) => value !== null && value !== '' && typeof value !== 'object' && !key.endsWith('_id'))
        .map(([key, value]) => named(or(`notifications.saw.${key}`, key), or(`notifications.value.${String(value)}`, seenText(value))))
        .join(language.value === 'en' ? ' · ' : '　')
    },
    reason: (key: string): string => or(`notifications.value.${key}`, key),
    rule: (key: string): string => or(`notifications.rule.${key}`, key),
    saw: (key: string): string => or(`notifications.saw.${key}`, key),
    step: (key: string): string => or(`notifications.step.${key}`, key),
    event: (key: string): string => or(`notifications.queueEvent.${key}`, key),
    callback: (key: string): string => or(`notifications.step.${key.replace('notification.', '')}`, key),
  }
}
