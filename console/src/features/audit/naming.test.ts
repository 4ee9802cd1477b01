import { beforeAll, describe, expect, it } from 'vitest'
import { loadWords, speak } from '@/app/i18n'
import { actionText, fieldText } from './naming'

beforeAll(async () => {
  await speak('zh-CN')
  await loadWords('audit')
})

describe('words of the audit log', () => {
  it('given an action with words of its own, then those', () => {
    expect(actionText('session.begin')).toBe('登录')
  })
  it('given a verb and an object that have words, then both', () => {
    expect(actionText('scenario.change')).toBe('场景：修改')
    expect(actionText('contract.qualification_check')).toBe('合同：核验资质')
  })
  it('given a word that nobody has named yet, then the word itself', () => {
    expect(actionText('planet.visit')).toBe('planet.visit')
  })
  it('given a field within a field, then each part is named', () => {
    expect(fieldText('qualification.checked_by')).toBe('资质 · 核验人')
  })
})
