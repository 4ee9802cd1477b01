import { CELL, DAY } from './week'

/** A half hour of the week's grid: 1 (Monday) to 7, and the minute of the day at which it begins. */
export interface Cell {
  day: number
  from: number
}

const LAST = DAY - CELL
const DAYS = 7

/** Where a key leads from a cell; null for a key that leads nowhere. Nothing leads out of the grid. */
export function moved({ day, from }: Cell, key: string, whole: boolean): Cell | null {
  const step = whole ? 2 * CELL : CELL
  switch (key) {
    case 'ArrowRight':
      return { day, from: Math.min(LAST, from + step) }
    case 'ArrowLeft':
      return { day, from: Math.max(0, from - step) }
    case 'ArrowDown':
      return { day: Math.min(DAYS, day + 1), from }
    case 'ArrowUp':
      return { day: Math.max(1, day - 1), from }
    case 'Home':
      return { day: whole ? 1 : day, from: 0 }
    case 'End':
      return { day: whole ? DAYS : day, from: LAST }
    case 'PageDown':
      return { day, from: Math.min(LAST, from + 6 * CELL) }
    case 'PageUp':
      return { day, from: Math.max(0, from - 6 * CELL) }
    default:
      return null
  }
}
