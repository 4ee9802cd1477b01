import type { LiveCallView, LiveView } from '@/api/schema'
import type { CallsChanged, Stage } from './stream'

/** An ended call stays to be read for so long. */
export const LINGER_MILLISECONDS = 3000

export type StageCounts = Record<Stage, number>

function noCounts(): StageCounts {
  return { dialling: 0, ringing: 0, early_media: 0, answered: 0, speaking: 0, waiting_for_key: 0, ended: 0 }
}

/**
 * The running calls, as the stream tells them. Plain data that no view watches: whoever shows it asks once a frame. The
 * longest running call comes first; a new one is put at the end, so that nothing moves under the reader's hand.
 */
export class Board {
  /** Counted up with every change. */
  version = 0
  private calls = new Map<string, LiveCallView>()
  private leaving = new Map<string, number>()
  private counted = noCounts()

  /** Begins anew with everything at one moment. */
  reset(view: LiveView): void {
    const inOrder = view.calls.toSorted((one, other) => (one.started_at < other.started_at ? -1 : 1))
    this.calls = new Map(inOrder.map((call) => [call.call_id, call]))
    this.leaving.clear()
    this.counted = noCounts()
    for (const call of inOrder) this.counted[call.stage] += 1
    this.version += 1
  }

  /** Takes what changed; `now` in milliseconds says when ended ones began to leave. */
  apply(change: CallsChanged, now: number): void {
    for (const call of change.changed) this.put(call, now)
    for (const id of change.gone) this.drop(id)
    this.version += 1
  }

  /** Lets go of calls that ended long enough ago. */
  sweep(now: number): void {
    for (const [id, at] of this.leaving) {
      if (now - at < LINGER_MILLISECONDS) continue
      this.drop(id)
      this.version += 1
    }
  }

  get counts(): Readonly<StageCounts> {
    return this.counted
  }

  /** Calls that run; those that are leaving are not among them. */
  get running(): number {
    return this.calls.size - this.leaving.size
  }

  rows(keep: (call: LiveCallView) => boolean = () => true): LiveCallView[] {
    const found: LiveCallView[] = []
    for (const call of this.calls.values()) if (keep(call)) found.push(call)
    return found
  }

  private put(call: LiveCallView, now: number): void {
    const before = this.calls.get(call.call_id)
    if (before === undefined && call.stage === 'ended') return
    if (before !== undefined) this.counted[before.stage] -= 1
    this.counted[call.stage] += 1
    this.calls.set(call.call_id, call)
    if (call.stage === 'ended') {
      if (!this.leaving.has(call.call_id)) this.leaving.set(call.call_id, now)
    } else this.leaving.delete(call.call_id)
  }

  private drop(id: string): void {
    const before = this.calls.get(id)
    if (before === undefined) return
    this.counted[before.stage] -= 1
    this.calls.delete(id)
    this.leaving.delete(id)
  }
}

/** `0:07`, `12:34`, `1:02:03` of milliseconds; below nothing it is nothing. */
export function clockText(milliseconds: number): string {
  const whole = Math.max(0, Math.floor(milliseconds / 1000))
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const two = (value: number): string => value.toString().padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`
}

/** How much of a line has been spoken, 0 to 1; null where nothing is being spoken. */
export function spokenShare(call: LiveCallView, now: number): number | null {
  if (call.stage !== 'speaking' || call.line_at === null || !call.line_seconds) return null
  return Math.min(1, Math.max(0, (now - Date.parse(call.line_at)) / (call.line_seconds * 1000)))
}

/** The rows of a list that are in sight, with some beyond both edges: first and one past the last. */
export function inSight(count: number, rowHeight: number, top: number, height: number, beyond = 4): [number, number] {
  const first = Math.max(0, Math.floor(top / rowHeight) - beyond)
  const last = Math.min(count, Math.ceil((top + height) / rowHeight) + beyond)
  return [Math.min(first, count), Math.max(last, Math.min(first, count))]
}
