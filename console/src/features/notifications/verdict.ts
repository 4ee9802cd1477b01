import { joined } from '@/shared/joined'
import type { FindingView, Outcome } from '@/api/schema'
import { momentText } from '@/shared/format'

export interface Judged {
  outcome: Outcome | null
  findings: FindingView[]
}

const OUTCOMES: ReadonlySet<unknown> = new Set(['allowed', 'deferred', 'refused'])
const MOMENT = /^\d{4}-\d{2}-\d{2}T/

function isOutcome(value: unknown): value is Outcome {
  return OUTCOMES.has(value)
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** A verdict as it was stored with a call or a text; what is not understood is left out. */
export function judgedOf(verdict: Record<string, unknown>): Judged {
  const found = Array.isArray(verdict['findings']) ? verdict['findings'].map(record) : []
  const findings = found.flatMap((one) => {
    const { rule, outcome, saw, until } = one
    if (typeof rule !== 'string' || !isOutcome(outcome)) return []
    return [{ rule, outcome, saw: record(saw), until: typeof until === 'string' ? until : null }]
  })
  return { outcome: isOutcome(verdict['outcome']) ? verdict['outcome'] : null, findings: sorted(findings) }
}

/** What decided comes first. */
export function sorted(findings: readonly FindingView[]): FindingView[] {
  const weight: Record<Outcome, number> = { refused: 0, deferred: 1, allowed: 2 }
  return findings.toSorted((one, other) => weight[one.outcome] - weight[other.outcome])
}

/** A value that a rule looked at, as a person reads it. */
export function seenText(value: unknown): string {
  if (value === null || value === undefined) return '—'
  if (typeof value === 'string') return MOMENT.test(value) ? momentText(value, true) : value
  if (Array.isArray(value)) return joined(value.map(seenText))
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
