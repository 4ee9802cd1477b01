import { features } from './features'
import { GROUPS, type Group, type PageDefinition } from '@/shared/feature'
import type { useSession } from './session'

type Session = ReturnType<typeof useSession>

export interface NavGroup {
  group: Group
  pages: readonly PageDefinition[]
}

const listed = features
  .flatMap((feature) => feature.pages)
  .filter((page) => page.nav !== undefined)
  .toSorted((one, other) => (one.nav?.order ?? 0) - (other.nav?.order ?? 0))

/** What this person can go to, by what people do. Groups without a page are left out. */
export function navigationFor(session: Session): NavGroup[] {
  const open = listed.filter((page) => session.mayOpen(page))
  return GROUPS.map((group) => ({ group, pages: open.filter((page) => page.nav?.group === group) })).filter(
    (entry) => entry.pages.length > 0,
  )
}

/** Where somebody lands. */
export function firstPage(session: Session): string {
  return navigationFor(session)[0]?.pages[0]?.path ?? '/account'
}
