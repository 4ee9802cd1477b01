import { effectScope } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useRefresh } from './refresh'

describe('useRefresh', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  async function countOver(milliseconds: number, unattended: boolean, touch?: () => void): Promise<number> {
    const scope = effectScope()
    const look = vi.fn(async () => {})
    scope.run(() => useRefresh(look, () => 10_000, unattended))
    await vi.advanceTimersByTimeAsync(milliseconds)
    touch?.()
    await vi.advanceTimersByTimeAsync(0)
    const { length } = look.mock.calls
    scope.stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(look.mock.calls.length).toBe(length)
    return length
  }

  it('given somebody there, then it asks at once, every so often, and no more once the page is left', async () => {
    expect(await countOver(35_000, false)).toBe(4)
  })

  it('given nobody touches the page for twenty minutes, then it asks no more until somebody does', async () => {
    const most = (20 * 60_000) / 10_000 + 1
    expect(await countOver(60 * 60_000, false)).toBe(most)
    expect(await countOver(60 * 60_000, false, () => document.dispatchEvent(new Event('keydown')))).toBe(most + 1)
  })

  it('given a wall, then it goes on without a touch', async () => {
    expect(await countOver(60 * 60_000, true)).toBe(361)
  })
})
