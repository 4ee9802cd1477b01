import { describe, expect, it } from 'vitest'
import { changedKind, draftOf, freeName, longestOf, newSlot, pieces, placeholders, slotBodies, slotsFor, strayBrace } from './template'

const TEXT = '请您到“{window}”号窗口办理{matter}业务，{window}号'

describe('a template', () => {
  it('given a text, when cut into pieces, then they join to the text again', () => {
    for (const text of [TEXT, '', '无变量', '{a}{b}', '半个{括号', '{Bad} {x}']) {
      expect(pieces(text).map((piece) => piece.text).join('')).toBe(text)
    }
  })

  it('given a name twice, then it is one variable', () => {
    expect(placeholders(TEXT)).toEqual(['window', 'matter'])
  })

  it('given braces that are no placeholder, then the first is named by its place', () => {
    expect([TEXT, '好{x', '{x}好}', '{Bad}'].map(strayBrace)).toEqual([null, 2, 5, 1])
  })
})

describe('its variables', () => {
  it('given a text that changes, then known variables keep their limits and new ones take a likely kind', () => {
    const known = [{ ...newSlot('matter'), max_length: 8 }]
    expect(slotsFor(TEXT, known).map(({ name, kind, max_length }) => [name, kind, max_length])).toEqual([
      ['window', 'window', null],
      ['matter', 'text', 8],
    ])
  })

  it('given a kept version, when edited and saved unchanged, then no limit is written that the kind has anyway', () => {
    const slot = draftOf({ name: 'window', kind: 'window', max_length: 12 })
    expect(slotBodies([slot])).toEqual([{ name: 'window', kind: 'window' }])
  })

  it('given another kind, then the sample fits it and the pattern stays', () => {
    const slot = changedKind({ ...newSlot('x'), pattern: '[0-9]+' }, 'count')
    expect(slot).toMatchObject({ kind: 'count', sample: '3', pattern: '[0-9]+', max_length: null })
  })

  it('given a name in use, then the next is numbered', () => {
    expect(freeName('window', ['window', 'window_2'])).toBe('window_3')
  })

  it('given limits, then the longest text counts each use', () => {
    expect(longestOf('到{window}号', [{ ...newSlot('window'), max_length: 3 }])).toBe(5)
  })
})
