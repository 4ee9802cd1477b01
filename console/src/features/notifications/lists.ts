import { computed, type ComputedRef, onMounted, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, call } from '@/api/client'
import type { ScriptView } from '@/api/schema'
import { useSession } from '@/app/session'
import type { Filter } from '@/shared/table'

/** The filters that lists of calls and of texts share, in their order: script, phone, queue number, and the time. */
export function useAttemptFilters(channel: 'voice' | 'sms'): ComputedRef<{ script: Filter; whom: Filter[]; time: Filter[] }> {
  const { t } = useI18n()
  const session = useSession()
  const scripts = ref<ScriptView[]>([])

  onMounted(async () => {
    if (!session.can('scripts:read')) return
    const { items } = await call(api.GET('/api/v1/scripts', { params: { query: { channel, limit: 200 } } }))
    scripts.value = items
  })

  return computed(() => ({
    script: {
      key: 'script_id',
      label: t('notifications.script'),
      kind: 'choice',
      choices: scripts.value.map((script) => ({ value: script.id, label: script.name })),
    },
    whom: [
      { key: 'phone', label: t('notifications.phone'), kind: 'text', personal: true },
      { key: 'queue_number', label: t('notifications.queueNumber'), kind: 'text' },
    ],
    time: [
      { key: 'since', label: t('notifications.from'), kind: 'moment' },
      { key: 'until', label: t('notifications.to'), kind: 'moment' },
    ],
  }))
}
