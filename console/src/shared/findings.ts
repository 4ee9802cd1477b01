import type { CarrierFinding, Hit } from '@/api/schema'

/** Carriers that object to the same thing in the same way, as one line. */
export interface Objection {
  carriers: string[]
  rule: string
  /** What the sentence of the rule fills in. */
  values: Record<string, string>
}

function valuesOf(detail: Record<string, unknown>): Record<string, string> {
  const entries = Object.entries(detail).map(([key, value]) => {
    const share = key === 'share' || (key === 'most' && typeof value === 'number' && value < 1)
    if (share) return [key, `${Math.round(Number(value) * 100)}%`]
    return [key, Array.isArray(value) ? value.map((one) => `{${String(one)}}`).join(' ') : String(value)]
  })
  return Object.fromEntries(entries) as Record<string, string>
}

export function objections(findings: readonly CarrierFinding[]): Objection[] {
  const found = new Map<string, Objection>()
  for (const { carrier, rule, detail } of findings) {
    const key = `${rule} ${JSON.stringify(detail)}`
    const known = found.get(key)
    if (known) known.carriers.push(carrier)
    else found.set(key, { carriers: [carrier], rule, values: valuesOf(detail) })
  }
  return [...found.values()]
}

/** Categories that the product knows by a word of its own; an operator may add others. */
export const CATEGORIES: ReadonlySet<string> = new Set([
  'fraud',
  'gambling',
  'marketing',
  'politics',
  'pornography',
  'violence',
  'link',
  'phone_number',
  'messenger_id',
])

export function refusing(hits: readonly Hit[]): Hit[] {
  return hits.filter((hit) => (hit.action ?? 'refuse') === 'refuse')
}
