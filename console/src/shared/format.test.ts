import { describe, expect, it } from 'vitest'
import { dayText, durationText, fromChinaTime, momentText, shareText, yuanText, numberText } from './format'

describe('moments', () => {
  it('given a moment in UTC, when it is shown, then in China time', () => {
    expect(momentText('2026-02-09T16:30:05Z')).toBe('2026-02-10 00:30')
    expect(momentText('2026-02-09T16:30:05Z', true)).toBe('2026-02-10 00:30:05')
    expect(dayText('2026-02-09T15:59:59Z')).toBe('2026-02-09')
  })

  it('given what is no moment, when it is shown, then nothing', () => {
    expect(momentText('soon')).toBe('')
  })

  it('given China time of a picker, when it is sent, then with its offset, and it reads back the same', () => {
    expect(fromChinaTime('2026-02-10 00:30')).toBe('2026-02-10T00:30:00+08:00')
    expect(momentText(fromChinaTime('2026-07-01 09:00'))).toBe('2026-07-01 09:00')
  })
})

describe('money', () => {
  it.each([
    [0, '0.00'],
    [5, '0.05'],
    [24_900_000, '249,000.00'],
    [-1_409_433, '−14,094.33'],
    ['900719925474099301', '9,007,199,254,740,993.01'],
  ])('given %s fen, when shown, then %s', (fen, text) => {
    expect(yuanText(fen)).toBe(text)
  })
})

describe('durations', () => {
  it.each([
    [0, '0 秒', '0 s'],
    [0.25, '250 毫秒', '250 ms'],
    [59.6, '1 分', '1 min'],
    [192, '3 分 12 秒', '3 min 12 s'],
    [90_061, '1 天 1 小时', '1 d 1 h'],
  ])('given %s seconds, when shown, then its two largest units', (seconds, chinese, english) => {
    expect(durationText(seconds, 'zh-CN')).toBe(chinese)
    expect(durationText(seconds, 'en')).toBe(english)
  })

  it('given a share, when shown, then with one place', () => {
    expect(shareText(0.1234)).toBe('12.3%')
  })
})

describe('a number', () => {
  it.each([
    ['+862900000001', '02900000001'],
    ['+8613800138000', '13800138000'],
    ['+864008001234', '4008001234'],
    ['138****8010', '138****8010'],
    ['+4915112345678', '+4915112345678'],
  ])('given %s, then people read %s', (e164, text) => expect(numberText(e164)).toBe(text))
})
