import { computed, ref, watchEffect } from 'vue'
import { remembered } from '@/shared/remembered'

export type ThemeChoice = 'light' | 'dark' | 'system'

export const themeChoice = remembered<ThemeChoice>('theme', 'system')
const system = window.matchMedia('(prefers-color-scheme: dark)')
const systemIsDark = ref(system.matches)
system.addEventListener('change', (event) => (systemIsDark.value = event.matches))

export const isDark = computed(
  () => themeChoice.value === 'dark' || (themeChoice.value === 'system' && systemIsDark.value),
)

/** Puts the theme on the page, now and whenever it changes. */
export function followTheme(): void {
  watchEffect(() => document.documentElement.classList.toggle('dark', isDark.value))
}
