import { language } from '@/app/i18n'

/** Several words as one, as the reader's language separates them. */
export function joined(words: readonly string[]): string {
  return words.join(language.value === 'en' ? ', ' : '、')
}

/** A name and its value, as the reader's language joins them. */
export function named(name: string, value: string): string {
  return `${name}${language.value === 'en' ? ': ' : '：'}${value}`
}
