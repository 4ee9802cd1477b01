import { computed } from 'vue'
import { createI18n } from 'vue-i18n'
import { remembered } from '@/shared/remembered'

export type Language = 'zh-CN' | 'en'
export const LANGUAGES: readonly Language[] = ['zh-CN', 'en']

type Words = { [key: string]: string | Words }
type WordsFile = () => Promise<{ default: Words }>

const files = import.meta.glob<{ default: Words }>([
  '/src/app/words/*.ts',
  '/src/shared/words/*.ts',
  '/src/features/*/words/*.ts',
])
const ROOTS = new Set(['app', 'shared'])

const chosen = remembered<Language>('language', navigator.language.startsWith('zh') ? 'zh-CN' : 'en')
const loaded = new Set<string>()

export const i18n = createI18n({
  legacy: false,
  locale: chosen.value,
  fallbackLocale: 'zh-CN',
  messages: {} as Record<string, Words>,
  missingWarn: import.meta.env.DEV,
  fallbackWarn: import.meta.env.DEV,
})

export const language = computed<Language>(() => i18n.global.locale.value as Language)
export const t = i18n.global.t

/** Loads the words of a feature (or `app`, `shared`) in the language in use. A route's guard calls it. */
export async function loadWords(feature: string): Promise<void> {
  loaded.add(feature)
  await read(feature, language.value)
}

/** Changes the language at once, and for the next visits. */
export async function speak(next: Language): Promise<void> {
  await Promise.all([...loaded].map((feature) => read(feature, next)))
  i18n.global.locale.value = next
  chosen.value = next
  document.documentElement.lang = next
}

const have = new Set<string>()

async function read(feature: string, tongue: Language): Promise<void> {
  const id = `${feature}/${tongue}`
  if (have.has(id)) return
  const path = `/src/${ROOTS.has(feature) ? '' : 'features/'}${feature}/words/${tongue}.ts`
  const file: WordsFile | undefined = files[path]
  if (file === undefined) throw new Error(`no words: ${path}`)
  const words = await file()
  i18n.global.mergeLocaleMessage(tongue, { [feature]: words.default })
  have.add(id)
}
