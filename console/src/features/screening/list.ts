/** Words of a list as people write or paste them: one a line, or parted by commas; each once, in their order. */
export function wordsOf(text: string): string[] {
  const words = text.replace(/^\uFEFF/, '').split(/[\r\n,，、;；\t]+/).map((word) => word.trim())
  return [...new Set(words.filter((word) => word !== ''))]
}

export interface Difference {
  added: string[]
  removed: string[]
}

export function difference(before: readonly string[], after: readonly string[]): Difference {
  const old = new Set(before)
  const fresh = new Set(after)
  return { added: after.filter((word) => !old.has(word)), removed: before.filter((word) => !fresh.has(word)) }
}
