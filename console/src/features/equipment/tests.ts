import { ref } from 'vue'
import { api, call } from '@/api/client'
import type { TestView } from '@/api/schema'

const LOOK_MILLISECONDS = 500
const LONGEST_MILLISECONDS = 60_000

/** Tests that a call node does: what each came to, by the trunk or account. */
export function useTests() {
  const results = ref<Record<string, TestView>>({})
  const under_way = ref<ReadonlySet<string>>(new Set())

  async function run(id: string, begin: () => Promise<TestView>): Promise<void> {
    under_way.value = new Set([...under_way.value, id])
    try {
      let test = await begin()
      results.value = { ...results.value, [id]: test }
      const until = Date.now() + LONGEST_MILLISECONDS
      while (test.ok === null && Date.now() < until) {
        await new Promise((resolve) => window.setTimeout(resolve, LOOK_MILLISECONDS))
        test = await call(api.GET('/api/v1/operator/equipment-tests/{test_id}', { params: { path: { test_id: test.id } } }))
        results.value = { ...results.value, [id]: test }
        if (test.state === 'failed' || test.state === 'cancelled') break
      }
    } finally {
      under_way.value = new Set([...under_way.value].filter((one) => one !== id))
    }
  }

  return {
    of: (id: string): TestView | undefined => results.value[id],
    running: (id: string): boolean => under_way.value.has(id),
    trunk: (id: string) => run(id, () => call(api.POST('/api/v1/operator/trunks/{trunk_id}/test', { params: { path: { trunk_id: id } } }))),
    account: (id: string) => run(id, () => call(api.POST('/api/v1/operator/smsc-accounts/{account_id}/test', { params: { path: { account_id: id } } }))),
  }
}
