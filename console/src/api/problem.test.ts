import { afterEach, expect, test } from 'vitest'
import { i18n } from '@/app/i18n'
import { ProblemError } from './problem'

const FAULTS = [{ code: 'script_repeated', message: 'stands there twice', message_zh: '重复列出', of: '' }]
const answer = (faults: unknown) => ProblemError.of({ id: 'filings.invalid', title: 'a', title_zh: 'b', details: { faults } }, 422)

afterEach(() => {
  i18n.global.locale.value = 'zh-CN'
})

test('given faults in both languages when read then they are told in the reader’s', () => {
  i18n.global.locale.value = 'zh-CN'
  expect(answer(FAULTS).faults).toEqual(['重复列出'])
  i18n.global.locale.value = 'en'
  expect(answer(FAULTS).faults).toEqual(['stands there twice'])
})

test('given faults that are sentences of a program when read then none is told as if it were translated', () => {
  expect(answer(['the text has no slot']).faults).toEqual([])
  expect(answer(undefined).faults).toEqual([])
})
