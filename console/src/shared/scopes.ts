import { PERMISSIONS } from '@/api/permissions'
import { language } from '@/app/i18n'

/** What a permission means, in the reader's language. */
export function scopeTitle(scope: string): string {
  const title = PERMISSIONS[scope]
  if (title === undefined) return scope
  return language.value === 'zh-CN' ? title.zh : title.en
}
