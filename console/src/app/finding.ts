import { useI18n } from 'vue-i18n'
import { api, call } from '@/api/client'
import type { Found as ServerFound } from '@/api/schema'
import type { Title } from '@/shared/feature'
import { momentText, numberText } from '@/shared/format'
import { features } from './features'
import { language } from './i18n'
import { useLinks } from './links'
import { navigationFor } from './navigation'
import { useSession } from './session'

const MOST_HITS = 8
const NAMED_BY_KEY: ReadonlySet<string> = new Set(['notification', 'message', 'refusal'])

export interface Hit {
  title: string
  detail?: string
  to: string
}
export interface FoundGroup {
  title: string
  hits: readonly Hit[]
}

/** What the search box finds: pages of the navigation by their names, and things that the server knows. */
export function useFinding() {
  const { t, te } = useI18n()
  const session = useSession()
  const linkTo = useLinks()

  function word(title: Title): string {
    return language.value === 'zh-CN' ? title.zh : title.en
  }

  function pages(wanted: string): readonly Hit[] {
    const small = wanted.toLowerCase()
    return navigationFor(session)
      .flatMap((group) => group.pages)
      .filter((page) => `${page.title.zh} ${page.title.en}`.toLowerCase().includes(small))
      .slice(0, MOST_HITS)
      .map((page) => ({ title: word(page.title), to: page.path }))
  }

  /** Where a thing is shown; null where no page shows it, or none that this person may open. */
  function placeOf(thing: ServerFound): string | null {
    for (const feature of features) {
      const to = feature.found?.[thing.kind]?.(thing, session.side)
      if (to && linkTo(to)) return to
    }
    return null
  }

  /** Our own numbers and what the server names by a key, as people say them. */
  function titleOf(thing: ServerFound): string {
    if (thing.title.startsWith('+')) return numberText(thing.title)
    const known = `app.foundTitle.${thing.title}`
    return NAMED_BY_KEY.has(thing.kind) && te(known) ? t(known) : thing.title
  }

  async function things(wanted: string): Promise<FoundGroup[]> {
    const { items } = await call(api.GET('/api/v1/search', { params: { query: { q: wanted } } }))
    const groups = new Map<string, Hit[]>()
    for (const thing of items) {
      const to = placeOf(thing)
      if (to === null) continue
      const detail = [thing.callee, thing.at && momentText(thing.at)].filter(Boolean).join(' · ')
      const title = t(`app.found.${thing.kind}`)
      groups.set(title, [...(groups.get(title) ?? []), { title: titleOf(thing), detail, to }])
    }
    return [...groups].map(([title, hits]) => ({ title, hits: hits.slice(0, MOST_HITS) }))
  }

  return { pages, things }
}
