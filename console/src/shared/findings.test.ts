import { describe, expect, it } from 'vitest'
import { objections, refusing } from './findings'

describe('objections', () => {
  it('given two carriers that object alike, then they stand in one line', () => {
    const found = objections([
      { carrier: 'telecom', rule: 'leading_variable', detail: { slot: 'window' } },
      { carrier: 'mobile', rule: 'leading_variable', detail: { slot: 'window' } },
      { carrier: 'mobile', rule: 'mostly_variable', detail: { share: 0.62, most: 0.4 } },
    ])
    expect(found).toEqual([
      { carriers: ['telecom', 'mobile'], rule: 'leading_variable', values: { slot: 'window' } },
      { carriers: ['mobile'], rule: 'mostly_variable', values: { share: '62%', most: '40%' } },
    ])
  })

  it('given the same rule with other figures, then each is told', () => {
    const one = { rule: 'too_many_parts', detail: { parts: 6, most: 5 } }
    const other = { rule: 'too_many_parts', detail: { parts: 6, most: 4 } }
    expect(objections([{ carrier: 'telecom', ...one }, { carrier: 'mobile', ...other }])).toHaveLength(2)
  })
})

describe('refusing', () => {
  it('given a hit that only warns, then it is not among them', () => {
    const hit = { category: 'marketing', where: 'text', word: '抢购', disguised: false }
    expect(refusing([hit, { ...hit, action: 'warn' }])).toEqual([hit])
  })
})
