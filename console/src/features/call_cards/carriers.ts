import type { CarrierKind, CarrierRequest, CarrierView } from '@/api/schema'

export const CARRIER_KINDS = ['rich_call_data', 'flash_sms', 'http_push', 'sandbox'] as const satisfies readonly CarrierKind[]
/** How long before the call the card is sent, where nothing else is set. */
export const LEADS: Record<CarrierKind, number> = { rich_call_data: 0, flash_sms: 3000, http_push: 2000, sandbox: 1000 }
type Place = { env: string } | { file: string }

export interface CarrierValues {
  kind: CarrierKind
  enabled: boolean
  lead_ms: number
  /** `http_push`. */
  url: string
  /** `rich_call_data`: where the network finds the certificate. */
  certificate_url: string
  /** Where the secret lies: the name of a variable, or an absolute path. */
  place: string
}

function placeText(place: unknown): string {
  const { env, file } = (place ?? {}) as Partial<Record<'env' | 'file', string>>
  return env ?? file ?? ''
}

/** Where a secret lies, as the server wants it. A path begins with `/`; all else is a variable. */
export function placeOf(text: string): Place {
  const place = text.trim()
  return place.startsWith('/') ? { file: place } : { env: place }
}

export function valuesOf(carrier: CarrierView | null): CarrierValues {
  const kind = (carrier?.kind ?? 'rich_call_data') as CarrierKind
  const config = carrier?.config ?? {}
  return {
    kind,
    enabled: carrier?.enabled ?? true,
    lead_ms: carrier?.lead_ms ?? LEADS[kind],
    url: String(config.url ?? ''),
    certificate_url: String(config.certificate_url ?? ''),
    place: placeText(config.secret ?? config.identity_key),
  }
}

export function bodyOf({ kind, enabled, lead_ms, url, certificate_url, place }: CarrierValues): CarrierRequest {
  const config: Record<string, unknown> = {}
  if (kind === 'http_push') Object.assign(config, { url: url.trim(), secret: placeOf(place) })
  if (kind === 'rich_call_data' && (place.trim() !== '' || certificate_url.trim() !== '')) {
    // One without the other is the server's to refuse.
    if (place.trim() !== '') config.identity_key = placeOf(place)
    if (certificate_url.trim() !== '') config.certificate_url = certificate_url.trim()
  }
  return { kind, config, enabled, lead_ms }
}
