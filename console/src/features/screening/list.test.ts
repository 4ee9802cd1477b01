import { describe, expect, it } from 'vitest'
import { difference, wordsOf } from './list'

describe('a list of words', () => {
  it('given a file with a byte order mark, blank lines and repeats, then each word stands once', () => {
    expect(wordsOf('\uFEFF赌博\r\n\r\n 赌球 \r\n赌博,外围投注、')).toEqual(['赌博', '赌球', '外围投注'])
  })

  it('given nothing, then there are no words', () => {
    expect(wordsOf(' \n,')).toEqual([])
  })

  it('given two lists, then what came and what went is told, whatever the order', () => {
    expect(difference(['甲', '乙'], ['丙', '乙'])).toEqual({ added: ['丙'], removed: ['甲'] })
    expect(difference(['甲', '乙'], ['乙', '甲'])).toEqual({ added: [], removed: [] })
  })
})
