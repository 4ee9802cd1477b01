import { describe, expect, it } from 'vitest'
import { moved } from './weekKeys'

const NOON = { day: 3, from: 720 }

describe('keys on the grid of a week', () => {
  it('given arrows, then the next half hour or day; with Control a whole hour', () => {
    expect(moved(NOON, 'ArrowRight', false)).toEqual({ day: 3, from: 750 })
    expect(moved(NOON, 'ArrowLeft', true)).toEqual({ day: 3, from: 660 })
    expect(moved(NOON, 'ArrowDown', false)).toEqual({ day: 4, from: 720 })
    expect(moved(NOON, 'ArrowUp', false)).toEqual({ day: 2, from: 720 })
  })

  it('given the edge, then no key leads out of the grid', () => {
    expect(moved({ day: 7, from: 1410 }, 'ArrowRight', true)).toEqual({ day: 7, from: 1410 })
    expect(moved({ day: 7, from: 1410 }, 'ArrowDown', false)).toEqual({ day: 7, from: 1410 })
    expect(moved({ day: 1, from: 0 }, 'ArrowLeft', false)).toEqual({ day: 1, from: 0 })
    expect(moved({ day: 1, from: 0 }, 'PageUp', false)).toEqual({ day: 1, from: 0 })
  })

  it('given Home and End, then the ends of the day, with Control of the week; another key leads nowhere', () => {
    expect(moved(NOON, 'Home', false)).toEqual({ day: 3, from: 0 })
    expect(moved(NOON, 'End', true)).toEqual({ day: 7, from: 1410 })
    expect(moved(NOON, 'a', false)).toBeNull()
  })
})
