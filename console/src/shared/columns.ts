import { computed, type Ref } from 'vue'
import { remembered } from './remembered'
import type { Column } from './table'

/** Columns as the reader has put them; one that the reader's order does not know stays behind its neighbour. */
export function inOrder<C extends { key: string }>(columns: readonly C[], order: readonly string[]): C[] {
  const placed = [...new Set(order)].flatMap((key) => columns.filter((column) => column.key === key))
  const known = new Set(placed)
  for (const [at, column] of columns.entries()) {
    if (known.has(column)) continue
    const before = columns[at - 1]
    placed.splice(before === undefined ? 0 : placed.indexOf(before) + 1, 0, column)
  }
  return placed
}

/** Keys with one of them a place nearer to the front (-1) or to the end (1); as they are, where there is no further. */
export function moved(keys: readonly string[], key: string, by: -1 | 1): string[] {
  const from = keys.indexOf(key)
  const to = from + by
  if (from < 0 || to < 0 || to >= keys.length) return [...keys]
  return keys.toSpliced(from, 1).toSpliced(to, 0, key)
}

/** Which columns a list shows and in which order: the reader's choice, remembered under the list's name. */
export interface Choice<T> {
  /** All of them, in the reader's order. */
  ordered: Readonly<Ref<Column<T>[]>>
  /** Those that are shown. */
  shown: Readonly<Ref<Column<T>[]>>
  /** Whether anything is other than it came. */
  changed: Readonly<Ref<boolean>>
  isShown: (column: Column<T>) => boolean
  toggle: (key: string) => void
  move: (key: string, by: -1 | 1) => void
  reset: () => void
}

export function useColumns<T>(name: string, columns: () => readonly Column<T>[]): Choice<T> {
  const atFirst = columns().flatMap((column) => (column.optional ? [column.key] : []))
  const hidden = remembered<string[]>(`columns.${name}`, atFirst)
  const order = remembered<string[]>(`order.${name}`, [])
  const ordered = computed(() => inOrder(columns(), order.value))
  const isShown = (column: Column<T>): boolean => column.main === true || !hidden.value.includes(column.key)
  return {
    ordered,
    shown: computed(() => ordered.value.filter(isShown)),
    changed: computed(() => order.value.length > 0 || hidden.value.toSorted().join(' ') !== atFirst.toSorted().join(' ')),
    isShown,
    toggle(key) {
      hidden.value = hidden.value.includes(key) ? hidden.value.filter((one) => one !== key) : [...hidden.value, key]
    },
    move(key, by) {
      order.value = moved(
        ordered.value.map((column) => column.key),
        key,
        by,
      )
    },
    reset() {
      hidden.value = atFirst
      order.value = []
    },
  }
}
