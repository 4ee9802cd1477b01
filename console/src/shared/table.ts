import type { Offers } from '@/api/offers'

interface Face<T> {
  title: string
  /** Text of the cell, where no slot `cell-<key>` is given. */
  text?: (row: T) => string | number | null
  /** Right-aligned figures. */
  figures?: boolean
  /** Left out at first; the reader can choose it. */
  optional?: boolean
  /** The server sorts by it: the name for the `sort` parameter. */
  sort?: string
  /** The row's name: it cannot be left out, and heads the card on a phone. */
  main?: boolean
  width?: string
}

/** What ApiTable is told. */
export interface Column<T> extends Face<T> {
  key: string
  /** What the export has for it: its own key, when left out; nothing for what is only for the screen. */
  exports?: readonly string[]
}

/** A column of a list that is exported as `O`: one that the export has, or one that says what it has. */
export type Exported<T, O extends keyof Offers> = Face<T> &
  ({ key: Offers[O]; exports?: undefined } | { key: string; exports: readonly Offers[O][] })

/** A table as it is seen, for its export to take over. */
export interface Seen {
  filters: Record<string, string>
  /** All that there are, when left out. */
  columns?: string[]
  sort?: string
}

/** What an export is asked for, of a table with these columns, some of them shown, sorted as its address says. */
export function seenOf<T>(columns: readonly Column<T>[], shown: readonly Column<T>[], sort: string | undefined): Omit<Seen, 'filters'> {
  const by = columns.find((column) => column.sort !== undefined && column.sort === sort?.replace(/^-/, ''))
  const key = by && keysOf(by)[0]
  return {
    columns: [...new Set(shown.flatMap(keysOf))],
    sort: key === undefined ? undefined : `${sort?.startsWith('-') ? '-' : ''}${key}`,
  }
}

function keysOf<T>(column: Column<T>): readonly string[] {
  return column.exports ?? [column.key]
}

export type Filter =
  /** A `personal` one (a phone number) stays in memory: nothing of a person stands in an address. */
  | { key: string; label: string; kind: 'text'; placeholder?: string; personal?: true }
  | { key: string; label: string; kind: 'choice'; choices: readonly { value: string; label: string }[] }
  | { key: string; label: string; kind: 'moment' }

/** The `sort` of a column that the list runs in the order of: `newest` first as it comes, `oldest` on request. */
export const IN_TIME = 'time'

export interface ListQuery {
  cursor?: string
  limit: number
  sort?: string
  filters: Record<string, string>
}

export interface ListPage<T> {
  items: T[]
  next_cursor: string | null
}

/**
 * The query of a request out of what a list asks for. Filters come as text from the page's address: the server checks
 * them, so they are taken for whatever the request's types want.
 */
export function asQuery({ cursor, limit, sort, filters }: ListQuery): never {
  const order = sort === IN_TIME ? 'oldest' : undefined
  return { cursor, limit, order, ...filters } as never
}
