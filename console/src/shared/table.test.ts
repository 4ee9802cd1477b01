import { describe, expect, it } from 'vitest'
import { type Column, type Exported, IN_TIME, seenOf } from './table'

interface Row {
  at: string
}
const columns: Exported<Row, 'audit'>[] = [
  { key: 'at', sort: IN_TIME, title: 'At' },
  { key: 'actor', exports: ['actor_name', 'actor_kind'], title: 'Actor' },
  { key: 'action', title: 'Action', main: true },
  { key: 'who', exports: ['actor_name'], title: 'Who' },
  { key: 'do', exports: [], title: 'Do' },
]
const [at, actor, action, who, act] = columns as [Column<Row>, Column<Row>, Column<Row>, Column<Row>, Column<Row>]

describe('a table as its export takes it over', () => {
  it('given columns shown, then what the export has for them, in their order and once each', () => {
    expect(seenOf(columns, [action, actor, who, act], undefined).columns).toEqual(['action', 'actor_name', 'actor_kind'])
  })
  it('given a sort upwards or downwards, then the column of the export with its direction', () => {
    expect(seenOf(columns, [at, action], IN_TIME).sort).toBe('at')
    expect(seenOf(columns, [at, action], `-${IN_TIME}`).sort).toBe('-at')
  })
  it('given a sort by a column that is not shown, then it holds all the same', () => {
    expect(seenOf(columns, [action], IN_TIME)).toEqual({ columns: ['action'], sort: 'at' })
  })
  it('given no sort, or one that no column has, then the list keeps its own order', () => {
    expect(seenOf(columns, [at], undefined).sort).toBeUndefined()
    expect(seenOf(columns, [at], '-nothing').sort).toBeUndefined()
  })
})
