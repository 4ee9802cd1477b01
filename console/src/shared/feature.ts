import type { Component } from 'vue'
import type { Found, FoundKind, Scope } from '@/api/schema'

/** A short text in both languages, for what has to be known before a feature's words are loaded. */
export interface Title {
  zh: string
  en: string
}

/** The groups of the side navigation, in their order. */
export const GROUPS = [
  'overview',
  'monitor',
  'notifications',
  'try',
  'scripts',
  'scenarios',
  'numbers',
  'cards',
  'consent',
  'money',
  'reports',
  'integration',
  'administration',
  'account',
] as const
export type Group = (typeof GROUPS)[number]

export interface PageDefinition {
  /** From the root. Must not begin with `/api`, `/docs`, `/cards` or another path of the server. */
  path: string
  title: Title
  component: () => Promise<{ default: Component }>
  /** The page is for whoever has one of these permissions; left out: for everybody who has signed in. */
  needs?: readonly Scope[]
  /** Only for this side's people. An operator under a tenant's grant counts as the tenant's side. */
  side?: 'operator' | 'tenant'
  /** Its place in the side navigation; left out: it is reached from another page. */
  nav?: { group: Group; order: number }
  /** Without the layout around it. */
  bare?: boolean
  /** For people who have not signed in. */
  open?: boolean
}

export interface Feature {
  /** Name of its folder, and of its words. */
  name: string
  pages: readonly PageDefinition[]
  /** Where the search box leads for what the server finds, by its kind; null: this one has no page here. */
  found?: Partial<Record<FoundKind, (found: Found, side: 'operator' | 'tenant') => string | null>>
}

export function defineFeature(feature: Feature): Feature {
  return feature
}
