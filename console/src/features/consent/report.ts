import type { TaskView } from '@/api/schema'

export interface ImportCounts {
  rows: number
  imported: number
  known: number
  bad: number
}

/** What an import's report says of its rows; null before it says anything. */
export function countsOf(task: TaskView | null): ImportCounts | null {
  const report = task?.report ?? {}
  if (typeof report.rows !== 'number') return null
  const figure = (key: string): number => (typeof report[key] === 'number' ? report[key] : 0)
  return { rows: figure('rows'), imported: figure('imported'), known: figure('known'), bad: figure('bad') }
}

/** A sheet to fill in: Excel takes the text for UTF-8 because of the mark that it begins with. */
export function templateOf(header: readonly string[], example: readonly string[]): Blob {
  return new Blob([`\uFEFF${[header, example].map((cells) => cells.join(',')).join('\r\n')}\r\n`], { type: 'text/csv' })
}
