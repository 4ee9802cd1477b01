import { describe, expect, test } from 'vitest'
import type { NumberView } from '@/api/schema'
import { rowsOf } from './importing'
import { conditionOf, countsOf, curveOf, tilesOf } from './pool'

const NOW = new Date('2026-02-09T02:00:00Z')

function number(more: Partial<NumberView> = {}): NumberView {
  return {
    id: '1',
    number: '02988880001',
    region: '29',
    registered_to: '雁塔大厅',
    tenant_id: null,
    trunk_id: '1',
    state: 'allocated',
    state_reason: '',
    valid_from: '2026-01-01',
    valid_until: null,
    health: 100,
    cooling_until: null,
    last_used_at: '2026-02-09T01:00:00Z',
    live_calls: 0,
    per_minute: 5,
    per_hour: 60,
    per_day: 400,
    max_concurrent: 3,
    used_minute: 0,
    used_hour: 0,
    used_day: 0,
    ...more,
  }
}

describe('conditionOf', () => {
  test.each([
    [{}, 'good'],
    [{ health: 70 }, 'watch'],
    [{ health: 55 }, 'poor'],
    [{ used_day: 400 }, 'spent'],
    [{ used_hour: 60 }, 'spent'],
    [{ cooling_until: '2026-02-09T02:00:01Z', health: 20 }, 'cooling'],
    [{ cooling_until: '2026-02-09T01:59:59Z' }, 'good'],
    [{ valid_until: '2026-02-08' }, 'expired'],
    [{ valid_until: '2026-02-09' }, 'good'],
    [{ state: 'quarantined', valid_until: '2026-02-08' }, 'quarantined'],
  ])('given %o then it is %s', (more, expected) => {
    expect(conditionOf(number(more), NOW)).toBe(expected)
  })
})

test('given a pool then tiles keep the order of numbers and counts name the worst first', () => {
  const tiles = tilesOf([number({ number: '02' }), number({ number: '01', state: 'held' })], NOW)
  expect(tiles.map((tile) => tile.number.number)).toEqual(['01', '02'])
  expect(countsOf(tiles)).toEqual([
    { condition: 'held', count: 1 },
    { condition: 'good', count: 1 },
  ])
})

test('given days of a number and of its pool then both rates stand beside each other and nothing reached is no rate', () => {
  const day = { calls: 4, refused: 0, flagged: 0, talk_seconds: 9, health: 80 }
  const curve = curveOf({
    days: [{ ...day, day: '2026-02-08', reached: 4, answered: 1 }, { ...day, day: '2026-02-09', reached: 0, answered: 0 }],
    pool: [{ day: '2026-02-07', reached: 10, answered: 5, refused: 0 }],
  })
  expect(curve.map((point) => [point.day, point.own, point.pool])).toEqual([
    ['2026-02-07', null, 0.5],
    ['2026-02-08', 0.25, null],
    ['2026-02-09', null, null],
  ])
})

test('given a pasted list then headings and blank lines go, and columns go before what the form says', () => {
  const common = { trunk: 't', registered_to: 'r', valid_from: '2026-01-01', valid_until: null, per_minute: 1, per_hour: 2, per_day: 3, max_concurrent: 4 }
  const rows = rowsOf('号码，有效期\n029-88880001，2026-12-31\r\n\n13900001111\t\t29', common)
  expect(rows.map((row) => [row.number, row.valid_until, row.region])).toEqual([
    ['029-88880001', '2026-12-31', null],
    ['13900001111', null, '29'],
  ])
})
