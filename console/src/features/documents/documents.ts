import { api, call } from '@/api/client'
import type { DocumentUse } from '@/api/schema'

export type Side = 'operator' | 'tenant'

/** What the server takes at most. */
export const MOST_BYTES = 100 * 1024 * 1024
/** Endings of the types that it takes; it goes by the first bytes itself. */
export const ACCEPT = '.pdf,.png,.jpg,.jpeg,.xlsx,.csv,.txt,.json,.wav,.zip'
/** What people upload by hand on either side. */
export const UPLOADED = {
  tenant: ['attachment', 'filing', 'consent', 'consent_import', 'logo'],
  operator: ['attachment', 'qualification', 'number_paper', 'call_details'],
} as const
/** What the product makes itself. */
const MADE = { tenant: ['statement', 'consent_import_report'], operator: [] } as const

export function kindsOf(side: Side): readonly string[] {
  return [...UPLOADED[side], ...MADE[side]]
}

/** What is plainly wrong with a file before it is sent, as the name of a sentence; null: the server decides. */
export function faultOf(file: { name: string; size: number } | null): 'none' | 'empty' | 'big' | 'type' | null {
  if (file === null) return 'none'
  if (file.size === 0) return 'empty'
  if (file.size > MOST_BYTES) return 'big'
  const ending = /\.[^.]+$/.exec(file.name.toLowerCase())?.[0] ?? ''
  return ACCEPT.split(',').includes(ending) ? null : 'type'
}

export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}

/** Where what uses a document is shown; null where it has no page of its own. */
export function placeOf(use: DocumentUse, side: Side): string | null {
  const root = side === 'operator' ? '/operator' : ''
  switch (use.kind) {
    case 'qualification':
      return `${root}/contracts/${use.id}`
    case 'statement':
      return `${root}/statements/${use.id}`
    case 'number':
      return `${root}/numbers/${use.id}`
    case 'filing':
      return `${root}/filings/${use.id}`
    case 'consent':
      return side === 'tenant' ? `/consents/${use.id}` : null
    case 'card_logo':
      return side === 'tenant' ? '/card-profiles' : null
    case 'reconciliation':
      return side === 'operator' ? `/operator/reconciliations/${use.id}` : null
    default:
      return `${root}/tasks`
  }
}

export function usesOf(side: Side, id: string): Promise<DocumentUse[]> {
  const params = { path: { document_id: id } }
  return side === 'operator'
    ? call(api.GET('/api/v1/operator/documents/{document_id}/uses', { params }))
    : call(api.GET('/api/v1/documents/{document_id}/uses', { params }))
}
