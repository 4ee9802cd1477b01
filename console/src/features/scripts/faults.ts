/** The server tells what keeps a wording from being filed in English sentences; this is how each is said. */
const SENTENCES: readonly [RegExp, string, readonly string[]][] = [
  [/^the text is empty$/, 'empty', []],
  [/^the text has (\d+) characters; (\d+) can be filed$/, 'tooLong', ['length', 'most']],
  [/^the text holds an invisible character at position (\d+)$/, 'invisible', ['position']],
  [/^(\d+) slots are declared; (\d+) can be filed$/, 'tooMany', ['count', 'most']],
  [/^slot '([^']+)' may be 1 to (\d+) characters long, not (-?\d+)$/, 'slotLength', ['slot', 'most', 'length']],
  [/^the pattern of slot '([^']+)' (.+)$/, 'pattern', ['slot', 'why']],
  [/^a brace at position (\d+) is not part/, 'brace', ['position']],
]

export interface Fault {
  /** Below `scripts.fault`; null: the sentence itself is shown. */
  key: string | null
  values: Record<string, string>
  sentence: string
}

export function faultOf(sentence: string): Fault {
  for (const [pattern, key, names] of SENTENCES) {
    const match = pattern.exec(sentence)
    if (match) return { key, values: Object.fromEntries(names.map((name, at) => [name, match[at + 1] ?? ''])), sentence }
  }
  return { key: null, values: {}, sentence }
}
