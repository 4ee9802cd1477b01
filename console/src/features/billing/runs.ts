import type { RunView } from '@/api/schema'

export function differencesOf(run: RunView): number {
  return Object.values(run.counts).reduce((sum, count) => sum + count, 0)
}

/** Causes with how many of each, the most first. */
export function causesOf(run: RunView): { cause: string; count: number }[] {
  return Object.entries(run.counts)
    .map(([cause, count]) => ({ cause, count }))
    .toSorted((one, other) => other.count - one.count || one.cause.localeCompare(other.cause))
}
