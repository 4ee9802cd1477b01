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

function signedIn(tenant: string | null, permissions: string[]): void {
  useSession().$patch({ who: { tenant, permissions } as never })
}

describe('an export', () => {
  it('given a table as it is seen, then its columns, sort and filters are asked for in the reader’s language', async () => {
    signedIn('yanta', ['documents:read'])
    const start = exportOf('calls', () => ({ script_id: undefined }))
    await start?.({ filters: { result: 'busy' }, columns: ['window', 'result'], sort: '-reserved_at' })
    expect(asked).toEqual([
      {
        path: '/api/v1/exports',
        body: {
          offer: 'calls',
          filters: { result: 'busy', script_id: undefined },
          columns: ['window', 'result'],
          sort: '-reserved_at',
          language: 'en',
          reason: '',
          whole_phones: false,
        },
      },
    ])
  })
  it('given the operator, then its own list is exported', async () => {
    signedIn(null, [])
    await exportOf('alarms')?.({ filters: {} })
    expect(asked.map((one) => one.path)).toEqual(['/api/v1/operator/exports'])
  })
  it('given somebody of a tenant who may not read documents, then there is none', () => {
    signedIn('yanta', ['calls:read'])
    expect(exportOf('calls')).toBeUndefined()
  })
})
