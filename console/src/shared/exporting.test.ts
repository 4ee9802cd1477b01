import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { speak } from '@/app/i18n'
import { useSession } from '@/app/session'
import { exportOf } from './exporting'

const asked = vi.hoisted(() => [] as { path: string; body: unknown }[])
vi.mock('@/api/client', () => ({
  carried: {},
  api: {
    POST: (path: string, { body }: { body: unknown }) => {
      asked.push({ path, body })
      return { task_id: 'one' }
    },
    GET: (path: string) => ({ path }),
  },
  call: async (answer: unknown) => answer,
}))

beforeEach(async () => {
  asked.length = 0
  setActivePinia(createPinia())
  await speak('en')
})

describe('an export', () => {
  it('given a table as it is seen, then its columns, sort and filters are asked for in the reader’s language', async () => {
    vi.spyOn(useSession(), 'can').mockReturnValue(true)
    const start = exportOf('calls', () => ({ tenant: undefined }))
    await start?.({ filters: { result: 'busy' }, columns: ['window', 'result'], sort: '-reserved_at' })
    expect(asked).toEqual([
      {
        path: '/api/v1/exports',
        body: {
          offer: 'calls',
          filters: { result: 'busy', tenant: undefined },
          columns: ['window', 'result'],
          sort: '-reserved_at',
          language: 'en',
          reason: '',
          whole_phones: false,
        },
      },
    ])
  })
  it('given somebody who may not read documents, then there is none', () => {
    vi.spyOn(useSession(), 'can').mockReturnValue(false)
    expect(exportOf('calls')).toBeUndefined()
  })
})
