/** What ApiTable is told. */
export interface Column<T> {
  key: string
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
