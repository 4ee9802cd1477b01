import { headersFor } from '@/api/client'
import { ProblemError } from '@/api/problem'
import type { DocumentView } from '@/api/schema'

/** Uploads a file to the side's documents. Throws `ProblemError`; nothing chosen is the server's to refuse. */
export async function uploadDocument(side: 'operator' | 'tenant', kind: string, file: File | null): Promise<DocumentView> {
  const form = new FormData()
  if (file !== null) form.append('file', file)
  const root = side === 'operator' ? '/api/v1/operator/documents' : '/api/v1/documents'
  const answer = await fetch(`${root}?kind=${encodeURIComponent(kind)}`, {
    method: 'POST',
    body: form,
    headers: [...headersFor('POST')],
  }).catch(() => {
    throw ProblemError.unreachable()
  })
  const body: unknown = await answer.json().catch(() => null)
  if (!answer.ok) throw ProblemError.of(body, answer.status)
  return body as DocumentView
}
