import type { NewNumber } from '@/api/schema'

/** Columns of a pasted list, in this order; what follows the first is optional and falls back on the form. */
export interface Common {
  trunk: string
  registered_to: string
  valid_from: string
  valid_until: string | null
  per_minute: number
  per_hour: number
  per_day: number
  max_concurrent: number
}

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** One number a line: `number[, valid until[, region]]`; tabs, commas (also Chinese ones) and semicolons part columns. */
export function rowsOf(text: string, common: Common): NewNumber[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.split(/[\t,;，；]/).map((cell) => cell.trim()))
    .filter((cells) => cells[0] !== undefined && cells[0] !== '' && /\d/.test(cells[0]))
    .map(([number = '', until = '', region = '']) => ({
      ...common,
      number,
      valid_until: DAY.test(until) ? until : common.valid_until,
      region: region === '' ? null : region,
      papers: [],
    }))
}
