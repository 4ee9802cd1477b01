import type { Feature } from '@/shared/feature'

const modules = import.meta.glob<{ default: Feature }>('../features/*/index.ts', { eager: true })

/** Every feature, found by its folder: adding one changes no file of the others. */
export const features: readonly Feature[] = Object.values(modules).map((module) => module.default)
