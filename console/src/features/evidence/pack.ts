import { onScopeDispose, ref } from 'vue'
import { api, call } from '@/api/client'
import type { EvidenceRequest, PackView, SubjectKind } from '@/api/schema'
import type { Tone } from '@/shared/ui/StateTag.vue'

export const KINDS: readonly SubjectKind[] = ['call', 'callee', 'complaint', 'period']
export const TONES: Record<string, Tone> = { queued: 'calm', running: 'info', done: 'good', failed: 'bad', cancelled: 'warn' }
const FIRST_MILLISECONDS = 500
const LONGEST_MILLISECONDS = 3000

export interface Wish {
  kind: SubjectKind
  call_id: string
  phone: string
  complaint_id: string
  days: [string, string] | null
  reason: string
  with_recordings: boolean
  whole_phones: boolean
}

/** The request of a form: only what the chosen kind is about. */
export function requestOf(wish: Wish): EvidenceRequest {
  const same = { reason: wish.reason, with_recordings: wish.with_recordings, whole_phones: wish.whole_phones }
  if (wish.kind === 'call') return { ...same, call_id: wish.call_id.trim() }
  if (wish.kind === 'callee') return { ...same, phone: wish.phone.trim() }
  if (wish.kind === 'complaint') return { ...same, complaint_id: wish.complaint_id.trim() }
  return { ...same, first_day: wish.days?.[0] ?? null, last_day: wish.days?.[1] ?? null }
}

/** What an address asks for beforehand: `?call=`, `?complaint=`. Numbers never stand in an address. */
export function wishOf(query: Record<string, unknown>): Wish {
  const id = (key: string): string => (typeof query[key] === 'string' ? query[key] : '')
  const [callId, complaint] = [id('call'), id('complaint')]
  return {
    kind: complaint ? 'complaint' : callId ? 'call' : 'period',
    call_id: callId,
    phone: '',
    complaint_id: complaint,
    days: null,
    reason: '',
    with_recordings: false,
    whole_phones: false,
  }
}

export function isLive(pack: { state: string }): boolean {
  return pack.state === 'queued' || pack.state === 'running'
}

/** Share of a pack that is made, in percent; null while nobody can say. */
export function percentOf(pack: { state: string; done_units: number; total_units: number | null }): number | null {
  if (pack.state === 'done') return 100
  return pack.total_units ? Math.min(100, Math.round((pack.done_units / pack.total_units) * 100)) : null
}

/** Follows one pack until it is made. */
export function usePack() {
  const pack = ref<PackView | null>(null)
  const life = { timer: 0, over: false }

  async function follow(begun: PackView): Promise<void> {
    pack.value = begun
    let wait = FIRST_MILLISECONDS
    while (!life.over && pack.value !== null && pack.value.id === begun.id && isLive(pack.value)) {
      await new Promise<void>((resolve) => {
        life.timer = window.setTimeout(resolve, wait)
      })
      wait = Math.min(wait * 1.5, LONGEST_MILLISECONDS)
      const now: PackView = await call(api.GET('/api/v1/evidence-packs/{pack_id}', { params: { path: { pack_id: begun.id } } }))
      if (pack.value.id === begun.id) pack.value = now
    }
  }

  onScopeDispose(() => {
    life.over = true
    window.clearTimeout(life.timer)
  })
  return { pack, follow }
}
