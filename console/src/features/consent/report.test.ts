import { describe, expect, it } from 'vitest'
import type { TaskView } from '@/api/schema'
import { countsOf, templateOf } from './report'

const task = (report: Record<string, unknown>) => ({ report }) as unknown as TaskView

describe('report of an import', () => {
  it('given a task that has not reported, then there are no figures', () => {
    expect(countsOf(null)).toBeNull()
    expect(countsOf(task({}))).toBeNull()
  })
  it('given a report, then its figures are told, and what it leaves out is 0', () => {
    expect(countsOf(task({ rows: 3, imported: 2, bad: 1 }))).toEqual({ rows: 3, imported: 2, known: 0, bad: 1 })
  })
})

describe('sheet to fill in', () => {
  it('given a header and a row, then the file begins with the mark of UTF-8 and has both lines', async () => {
    const bytes = new Uint8Array(await templateOf(['a', 'b'], ['1', '2']).arrayBuffer())
    expect(bytes.slice(0, 3)).toEqual(new Uint8Array([0xef, 0xbb, 0xbf]))
    expect(new TextDecoder().decode(bytes)).toBe('a,b\r\n1,2\r\n')
  })
})
