import { beforeEach, describe, expect, it } from 'vitest'
import { inOrder, moved, useColumns } from './columns'
import { type Column, seenOf } from './table'

interface Row {
  name: string
}
const named = (...keys: string[]) => keys.map((key) => ({ key }))
const keysOf = (columns: readonly { key: string }[]) => columns.map((column) => column.key).join(' ')

describe('the order of columns', () => {
  it('given no wish, then they stand as the page has them', () => {
    expect(keysOf(inOrder(named('a', 'b', 'c'), []))).toBe('a b c')
  })
  it('given a wish, then it holds, whatever it names that there is not, or names twice', () => {
    expect(keysOf(inOrder(named('a', 'b', 'c'), ['c', 'gone', 'a', 'c', 'b']))).toBe('c a b')
  })
  it('given a column that came later than the wish, then it stands behind the neighbour that the page gave it', () => {
    expect(keysOf(inOrder(named('a', 'b', 'fresh', 'c'), ['c', 'b', 'a']))).toBe('c b fresh a')
    expect(keysOf(inOrder(named('fresh', 'a', 'b'), ['b', 'a']))).toBe('fresh b a')
  })
  it('given a column moved, then one place and no further than the ends', () => {
    expect(moved(['a', 'b', 'c'], 'b', -1)).toEqual(['b', 'a', 'c'])
    expect(moved(['a', 'b', 'c'], 'b', 1)).toEqual(['a', 'c', 'b'])
    expect(moved(['a', 'b', 'c'], 'a', -1)).toEqual(['a', 'b', 'c'])
    expect(moved(['a', 'b', 'c'], 'c', 1)).toEqual(['a', 'b', 'c'])
    expect(moved(['a', 'b'], 'gone', 1)).toEqual(['a', 'b'])
  })
})

describe('columns chosen', () => {
  const columns: Column<Row>[] = [
    { key: 'name', title: 'Name', main: true },
    { key: 'at', title: 'At', sort: 'time' },
    { key: 'note', title: 'Note', optional: true },
  ]
  beforeEach(() => localStorage.clear())

  it('given a column moved and one shown, then the next visit finds both, and the export takes them over', () => {
    const first = useColumns<Row>('list', () => columns)
    expect(first.changed.value).toBe(false)
    first.toggle('note')
    first.move('note', -1)
    first.move('note', -1)
    const next = useColumns<Row>('list', () => columns)
    expect(keysOf(next.shown.value)).toBe('note name at')
    expect(seenOf(next.ordered.value, next.shown.value, '-time')).toEqual({ columns: ['note', 'name', 'at'], sort: '-at' })
    expect(next.changed.value).toBe(true)
  })
  it('given a choice taken back, then the list is as it came', () => {
    const choice = useColumns<Row>('list', () => columns)
    choice.toggle('at')
    choice.move('at', -1)
    choice.reset()
    expect(keysOf(choice.shown.value)).toBe('name at')
    expect(choice.changed.value).toBe(false)
  })
  it('given the row’s name, then it cannot be left out', () => {
    const choice = useColumns<Row>('list', () => columns)
    choice.toggle('name')
    expect(keysOf(choice.shown.value)).toBe('name at')
  })
})
