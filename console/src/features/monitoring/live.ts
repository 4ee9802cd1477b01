import { onScopeDispose, ref, shallowRef } from 'vue'
import type { LiveCallView, LiveView } from '@/api/schema'
import { useEventStream } from '@/shared/sse'
import { Board, type StageCounts } from './board'
import type { CallsChanged, Surroundings } from './stream'

export type Keep = (call: LiveCallView) => boolean

/**
 * The live monitor's state. Messages only change plain data; what the page watches changes at most once a frame, and not
 * at all while the page is hidden.
 */
export function useLive(address: () => string, keep: () => Keep) {
  const board = new Board()
  const rows = shallowRef<readonly LiveCallView[]>([])
  const counts = shallowRef<Readonly<StageCounts>>({ ...board.counts })
  const running = ref(0)
  const around = shallowRef<Surroundings | null>(null)
  const over = ref(false)
  /** What the server's clock is ahead of this one, in milliseconds. */
  let ahead = 0
  let frame = 0
  let shownVersion = -1
  let coming: Surroundings | null = null

  const now = (): number => Date.now() + ahead

  function show(): void {
    frame = 0
    if (coming !== null) {
      around.value = coming
      coming = null
    }
    if (board.version === shownVersion) return
    shownVersion = board.version
    rows.value = board.rows(keep())
    counts.value = { ...board.counts }
    running.value = board.running
  }

  function soon(): void {
    if (frame === 0) frame = requestAnimationFrame(show)
  }

  function refilter(): void {
    shownVersion = -1
    soon()
  }

  const stream = useEventStream(address, {
    snapshot(data) {
      const view = data as LiveView
      ahead = Date.parse(view.at) - Date.now()
      board.reset(view)
      coming = view
      soon()
    },
    calls(data) {
      board.apply(data as CallsChanged, Date.now())
      soon()
    },
    state(data) {
      coming = data as Surroundings
      soon()
    },
    bye() {
      over.value = true
    },
  })
  const sweeper = window.setInterval(() => {
    board.sweep(Date.now())
    if (board.version !== shownVersion) soon()
  }, 1000)

  onScopeDispose(() => {
    window.clearInterval(sweeper)
    cancelAnimationFrame(frame)
  })
  return { rows, counts, running, around, over, now, refilter, state: stream.state, reconnect: stream.reconnect }
}

export type Live = ReturnType<typeof useLive>
