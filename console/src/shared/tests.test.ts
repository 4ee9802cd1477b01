import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { TestView } from '@/api/schema'
import { useTests } from './tests'

function told(state: string, ok: boolean | null): TestView {
  return { id: 'test-1', state, ok, node: null, steps: [], message: '' }
}

describe('tests of equipment', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('given a node that takes its time, then the result is looked for by its id until it is there', async () => {
    const answers = [told('running', null), told('done', true)]
    const look = vi.fn(async () => answers.shift() ?? told('done', true))
    const tests = useTests()
    const run = tests.run('hall', async () => told('queued', null), look)
    await vi.advanceTimersByTimeAsync(0)
    expect(tests.of('hall')?.state).toBe('queued')
    expect(tests.running('hall')).toBe(true)
    await vi.advanceTimersByTimeAsync(1000)
    await run
    expect(look.mock.calls).toEqual([['test-1'], ['test-1']])
    expect(tests.of('hall')?.ok).toBe(true)
    expect(tests.running('hall')).toBe(false)
  })

  it('given a test that could not be done, then nobody asks again', async () => {
    const look = vi.fn(async () => told('done', true))
    const tests = useTests()
    await tests.run('hall', async () => told('failed', null), look)
    expect(look).not.toHaveBeenCalled()
  })

  it('given a refusal, then it is no longer under way', async () => {
    const tests = useTests()
    const refused = tests.run('hall', () => Promise.reject(new Error('403')), async () => told('done', true))
    await expect(refused).rejects.toThrow('403')
    expect(tests.running('hall')).toBe(false)
  })
})
