import { describe, expect, it } from 'vitest'
import { faultOf } from './faults'

describe('faultOf', () => {
  it.each([
    ['the text is empty', 'empty', {}],
    ['the text has 501 characters; 500 can be filed', 'tooLong', { length: '501', most: '500' }],
    ["slot 'window' may be 1 to 12 characters long, not 40", 'slotLength', { slot: 'window', most: '12', length: '40' }],
    ['a brace at position 3 is not part of a {name} placeholder', 'brace', { position: '3' }],
  ])('given %s, then it is known', (sentence, key, values) => {
    expect(faultOf(sentence)).toEqual({ key, values, sentence })
  })

  it('given a sentence that nobody knows, then it is shown as it is', () => {
    expect(faultOf('something new')).toEqual({ key: null, values: {}, sentence: 'something new' })
  })
})
