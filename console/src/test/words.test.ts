import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { createI18n } from 'vue-i18n'
import { describe, expect, it } from 'vitest'

type Words = { [key: string]: string | Words }

const ROOT = join(import.meta.dirname, '..')
const files = import.meta.glob<{ default: Words }>('/src/**/words/*.ts', { eager: true })

function nameOf(path: string): string {
  return path.split('/').at(-3) ?? ''
}

function flat(words: Words, before = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(words)) {
    if (typeof value === 'string') found.set(before + key, value)
    else for (const [inner, text] of flat(value, `${before}${key}.`)) found.set(inner, text)
  }
  return found
}

const byFeature = new Map<string, Record<string, Map<string, string>>>()
for (const [path, module] of Object.entries(files)) {
  const language = path.endsWith('/en.ts') ? 'en' : 'zh-CN'
  byFeature.set(nameOf(path), { ...byFeature.get(nameOf(path)), [language]: flat(module.default) })
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').toSorted()
}

/** Every source file but the words and the tests, as one text. */
const source = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(vue|ts)$/.test(name) && !/words\/|\.test\.ts$|schema\.d\.ts$/.test(name))
  .map((name) => readFileSync(join(ROOT, name), 'utf8'))
  .join('\n')

const whole = new Set([...source.matchAll(/['"`]([a-z][\w-]*(?:\.[\w-]+)+)['"`]/g)].map((match) => match[1]))
const beginnings = [...source.matchAll(/`([a-z][\w-]*\.(?:[\w-]+\.)*)\$\{/g)].map((match) => match[1] ?? '')

describe.each([...byFeature])('words of %s', (feature, languages) => {
  const chinese = languages['zh-CN'] ?? new Map<string, string>()
  const english = languages.en ?? new Map<string, string>()

  it('given both languages, then they have the same keys', () => {
    expect([...english.keys()].toSorted()).toEqual([...chinese.keys()].toSorted())
  })

  it('given a sentence with places to fill, then both languages fill the same', () => {
    for (const [key, text] of chinese) expect(placeholders(english.get(key) ?? ''), key).toEqual(placeholders(text))
  })

  it('given every sentence, then it can be read by the i18n compiler', () => {
    for (const [language, words] of Object.entries(languages)) {
      const messages = { [language]: Object.fromEntries([...words].map(([key, text]) => [key.replaceAll('.', '_'), text])) }
      const { t } = createI18n({ legacy: false, locale: language, messages }).global
      for (const [key, text] of words) {
        expect(() => t(key.replaceAll('.', '_'), {}), `${key}: ${text}`).not.toThrow()
      }
    }
  })

  it('given every key, then a page uses it', () => {
    const unused = [...chinese.keys()]
      .map((key) => `${feature}.${key}`)
      .filter((key) => !whole.has(key) && !beginnings.some((beginning) => key.startsWith(beginning)))
    expect(unused).toEqual([])
  })
})

describe('texts', () => {
  it('given a template, then no Chinese sentence stands in it outside the words', () => {
    const found = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.vue'))
      .filter((name) => {
        const text = readFileSync(join(ROOT, name), 'utf8').replaceAll(/云呼|中文|'中'|'、'|<!--[\s\S]*?-->/g, '')
        return /[\u4e00-\u9fff]/.test(text)
      })
      .map((name) => relative(ROOT, join(ROOT, name)))
    expect(found).toEqual([])
  })
})
