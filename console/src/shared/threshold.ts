const RULE = 'complaints.threshold'

/**
 * What the rule of the month's complaints writes, in an entry of a history or as the reason of a suspension, so that it can
 * be told in the reader's language; null for people's own words.
 */
export function thresholdOf(actor: string, text: string): { counted: string; month: string; threshold: string } | null {
  const found = actor === RULE ? /^(\d{4}-\d{2})\D+(\d+)\D+(\d+)\D*$/.exec(text) : null
  if (found === null) return null
  const [, month = '', counted = '', threshold = ''] = found
  return { counted, month, threshold }
}
