import type { paths } from '@/api/schema'

/** The slice's own entry: billing has one of the same name. */
export type EntryView =
  paths['/api/v1/audit']['get']['responses'][200]['content']['application/json']['items'][number]
