import { ref } from 'vue'
import type { TestView } from '@/api/schema'

const LOOK_MILLISECONDS = 500
const LONGEST_MILLISECONDS = 60_000

/** Tests that a call node does: what each came to, by what was tested. `begin` asks for one, `look` how far it is. */
export function useTests() {
  const results = ref<Record<string, TestView>>({})
  const under_way = ref<ReadonlySet<string>>(new Set())

  async function run(id: string, begin: () => Promise<TestView>, look: (test: string) => Promise<TestView>): Promise<void> {
    under_way.value = new Set([...under_way.value, id])
    try {
      let test = await begin()
      results.value = { ...results.value, [id]: test }
      const until = Date.now() + LONGEST_MILLISECONDS
      while (test.ok === null && Date.now() < until) {
        if (test.state === 'failed' || test.state === 'cancelled') break
        await new Promise((resolve) => window.setTimeout(resolve, LOOK_MILLISECONDS))
        test = await look(test.id)
        results.value = { ...results.value, [id]: test }
      }
    } finally {
      under_way.value = new Set([...under_way.value].filter((one) => one !== id))
    }
  }

  return {
    of: (id: string): TestView | undefined => results.value[id],
    running: (id: string): boolean => under_way.value.has(id),
    run,
  }
}
