import type { Language } from '@/app/i18n'

/** Every time on the screen is China's (Asia/Shanghai), wherever the reader sits. */
export const ZONE = 'Asia/Shanghai'

const PARTS = new Intl.DateTimeFormat('en-CA', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

function partsOf(at: Date): Record<string, string> {
  return Object.fromEntries(PARTS.formatToParts(at).map((part) => [part.type, part.value]))
}

/** `2026-02-09 09:30`, with seconds where they matter. */
export function momentText(at: string | Date, seconds = false): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return ''
  const part = partsOf(date)
  const text = `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}`
  return seconds ? `${text}:${part.second}` : text
}

/** The China day of a moment: `2026-02-09`. */
export function dayText(at: string | Date): string {
  return momentText(at).slice(0, 10)
}

/** What `<input type="datetime-local">` and pickers give (China time) as RFC 3339. China has no summer time. */
export function fromChinaTime(text: string): string {
  return `${text.replace(' ', 'T').slice(0, 16)}:00+08:00`
}

/** `3 分 12 秒`; what is below a second in milliseconds. Takes seconds. */
export function durationText(seconds: number, language: Language): string {
  const zh = language === 'zh-CN'
  if (seconds > 0 && seconds < 1) return zh ? `${Math.round(seconds * 1000)} 毫秒` : `${Math.round(seconds * 1000)} ms`
  const whole = Math.round(seconds)
  const units: [number, string, string][] = [
    [86_400, '天', 'd'],
    [3600, '小时', 'h'],
    [60, '分', 'min'],
    [1, '秒', 's'],
  ]
  const parts: string[] = []
  let left = whole
  for (const [size, chinese, english] of units) {
    const count = Math.floor(left / size)
    left -= count * size
    if (count > 0) parts.push(`${count} ${zh ? chinese : english}`)
  }
  return parts.slice(0, 2).join(' ') || (zh ? '0 秒' : '0 s')
}

/** Fen as yuan, exactly: `138,000.00`. Takes whole fen, also beyond what a float holds, as text. */
export function yuanText(fen: number | string | bigint): string {
  const amount = BigInt(fen)
  const sign = amount < 0n ? '−' : ''
  const absolute = amount < 0n ? -amount : amount
  const yuan = (absolute / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ',')
  return `${sign}${yuan}.${(absolute % 100n).toString().padStart(2, '0')}`
}

/** `1,380,000`. */
export function countText(count: number): string {
  return new Intl.NumberFormat('en-US').format(count)
}

/** `12.4%`; takes a share of one. */
export function shareText(share: number): string {
  return `${(share * 100).toFixed(1)}%`
}

const SUBSCRIBER = /^(1[3-9]\d{9}|[48]00\d{7})$/

/** A number as people in China write it: mobiles and 400/800 bare, fixed lines with the 0. Anything else as it is. */
export function numberText(e164: string): string {
  if (!e164.startsWith('+86')) return e164
  const national = e164.slice(3)
  return SUBSCRIBER.test(national) ? national : `0${national}`
}
