import { describe, expect, it } from 'vitest'
import { features } from '@/app/features'
import { GROUPS } from '@/shared/feature'

/** First segments of paths that the server keeps for itself. */
const OWN = ['api', 'docs', 'healthz', 'readyz', 'metrics', 'cards', 'card-receipts', 'assets']
const pages = features.flatMap((feature) => feature.pages)

describe('pages', () => {
  it('given every page, then its path is its own and none of the server’s', () => {
    const paths = pages.map((page) => page.path)
    expect(new Set(paths).size).toBe(paths.length)
    for (const path of paths) {
      expect(path).toMatch(/^\/[a-z]/)
      expect(OWN).not.toContain(path.split('/')[1])
    }
  })

  it('given a page that is not open to everybody, then it names its permissions, or is about one’s own account', () => {
    const unguarded = pages.filter((page) => !page.open && page.needs === undefined).map((page) => page.path)
    expect(unguarded.filter((path) => !['/account', '/guide'].includes(path))).toEqual([])
  })

  it('given the navigation, then every page in it stands in a known group under titles in both languages', () => {
    for (const page of pages) {
      if (page.nav) expect(GROUPS).toContain(page.nav.group)
      expect(page.title.zh).toMatch(/[\u4e00-\u9fff]/)
      expect(page.title.en).toMatch(/^[A-Z]/)
    }
  })
})
