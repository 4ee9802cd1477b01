import type { VersionState } from '@/api/schema'
import type { Tone } from '@/shared/ui/StateTag.vue'

export const VERSION_TONES: Record<VersionState, Tone> = { draft: 'info', approved: 'good', retired: 'calm' }
