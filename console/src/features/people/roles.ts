import type { RoleView, RolesBody, UserView } from '@/api/schema'
import { language } from '@/app/i18n'
import type { Tone } from '@/shared/ui/StateTag.vue'

export const STATE_TONES: Record<string, Tone> = { active: 'good', invited: 'info', locked: 'warn', disabled: 'calm' }

/** Presets go by their name, roles that a side made by their id: one key for both. */
export function roleKey(role: RoleView): string {
  return role.id ?? `preset:${role.name}`
}

export function roleTitle(role: RoleView): string {
  return language.value === 'zh-CN' ? role.title_zh : role.title
}

/** As the API takes a choice of keys. */
export function rolesBody(keys: readonly string[]): RolesBody {
  const presets = keys.filter((key) => key.startsWith('preset:')).map((key) => key.slice('preset:'.length))
  return { presets, role_ids: keys.filter((key) => !key.startsWith('preset:')) }
}

export function keysOf(user: UserView): string[] {
  return [...user.presets.map((name) => `preset:${name}`), ...user.role_ids]
}

export function roleNames(user: UserView, roles: readonly RoleView[]): string[] {
  const titles = new Map(roles.map((role) => [roleKey(role), roleTitle(role)]))
  return keysOf(user).map((key) => titles.get(key) ?? key.replace('preset:', ''))
}
