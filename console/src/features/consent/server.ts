import { api, call, headersFor } from '@/api/client'
import { ProblemError } from '@/api/problem'
import type { ConsentPurpose, ConsentSource, GivenBy, RefusalSource, RefusalView, TaskView } from '@/api/schema'
import { asQuery, type ListPage, type ListQuery } from '@/shared/table'
import { saveBlob } from '@/shared/save'

export const PURPOSES: readonly ConsentPurpose[] = ['queue', 'notice']
export const SOURCES: readonly ConsentSource[] = ['kiosk', 'form', 'recording', 'import', 'api']
export const GIVEN_BY: readonly GivenBy[] = ['form', 'recording', 'api']
export const REFUSAL_SOURCES: readonly RefusalSource[] = ['key', 'agent', 'web', 'api', 'operator']

/** Whole numbers stand in the request alone, never in the page's address. */
function withPhone(asked: ListQuery, phone: string): never {
  return { ...(asQuery(asked) as object), ...(phone === '' ? {} : { phone }) } as never
}

export function consents(asked: ListQuery, phone: string) {
  return call(api.GET('/api/v1/consents', { params: { query: withPhone(asked, phone) } }))
}

/** The two sides' refusals in one form. */
export function refusalsOf(operator: boolean) {
  return {
    list(asked: ListQuery, phone: string): Promise<ListPage<RefusalView>> {
      const query = withPhone(asked, phone)
      return operator
        ? call(api.GET('/api/v1/operator/refusals', { params: { query } }))
        : call(api.GET('/api/v1/refusals', { params: { query } }))
    },
    record(phone: string): Promise<RefusalView> {
      return operator
        ? call(api.POST('/api/v1/operator/refusals', { body: { phone } }))
        : call(api.POST('/api/v1/refusals', { body: { phone } }))
    },
    lift(id: string): Promise<RefusalView> {
      const params = { path: { refusal_id: id } }
      return operator
        ? call(api.POST('/api/v1/operator/refusals/{refusal_id}/lift', { params }))
        : call(api.POST('/api/v1/refusals/{refusal_id}/lift', { params }))
    },
  }
}

export function taskOf(id: string): Promise<TaskView> {
  return call(api.GET('/api/v1/tasks/{task_id}', { params: { path: { task_id: id } } }))
}

/** The proof with the whole number: the server keeps who asked for it and why. */
export async function saveWholeProof(id: string, reason: string): Promise<void> {
  const answer = await fetch(`/api/v1/consents/${id}/proof.pdf`, {
    method: 'POST',
    body: JSON.stringify({ reason }),
    headers: [...headersFor('POST'), ['Content-Type', 'application/json']],
  }).catch(() => {
    throw ProblemError.unreachable()
  })
  if (!answer.ok) throw ProblemError.of(await answer.json().catch(() => null), answer.status)
  saveBlob(await answer.blob(), 'consent-proof.pdf')
}
