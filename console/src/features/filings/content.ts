import type { CallPlan, FilingContent, Purpose } from '@/api/schema'
import type { Hours } from '@/shared/week'

export const PURPOSES: readonly Purpose[] = ['near_turn', 'your_turn', 'notice']

/** The package as it is edited: the same fields, flat. */
export interface Package {
  slug: string
  name: string
  scope: string
  purpose: string
  purposes: Purpose[]
  script_versions: string[]
  windows: Hours[]
  daily_calls: number
  daily_messages: number
  calls_per_callee: number
  messages_per_callee: number
  minutes_between_calls: number
  caller_regions: string
  attachments: string[]
}

export function emptyPackage(): Package {
  return {
    slug: '',
    name: '',
    scope: '',
    purpose: '',
    purposes: [],
    script_versions: [],
    windows: [{ days: [1, 2, 3, 4, 5], start: '08:30', end: '18:00' }],
    daily_calls: 0,
    daily_messages: 0,
    calls_per_callee: 3,
    messages_per_callee: 10,
    minutes_between_calls: 0,
    caller_regions: '',
    attachments: [],
  }
}

export function hoursOf(plan: CallPlan): Hours[] {
  return plan.windows as Hours[]
}

export function packageOf(slug: string, name: string, content: FilingContent): Package {
  const { windows: _, ...plan } = content.plan
  return {
    ...plan,
    slug,
    name,
    scope: content.scope,
    purpose: content.purpose,
    purposes: content.purposes as Purpose[],
    script_versions: content.script_versions as string[],
    windows: hoursOf(content.plan),
    caller_regions: (content.caller_regions as string[]).join(' '),
    attachments: content.attachments as string[],
  }
}

export function contentOf(edited: Package): FilingContent {
  const { slug: _slug, name: _name, scope, purpose, purposes, script_versions, caller_regions, attachments, ...plan } = edited
  const regions = caller_regions.split(/[\s,，、]+/).filter((region) => region !== '')
  return { scope, purpose, purposes, script_versions, caller_regions: regions, attachments, plan }
}

/** The form's field of a problem's place in the body: `content.plan.windows.0` is about `windows`. */
export function fieldOf(place: string): string {
  return place.replace(/^content\./, '').replace(/^plan\./, '')
}
