import createClient from 'openapi-fetch'
import { saveBlob } from '@/shared/save'
import { ProblemError } from './problem'
import type { paths } from './schema'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/** What requests carry. The session itself is in a cookie that no script can read. */
export const carried = {
  /** Kept in memory alone; asked for again after a reload. */
  csrf: null as string | null,
  /** Slug of the tenant whose content an operator looks at under that tenant's grant. */
  tenant: null as string | null,
  /** Called when the server says that there is no session any more. */
  ended: () => {},
}

export const api = createClient<paths>({ baseUrl: window.location.origin })

api.use({
  onRequest({ request }) {
    for (const [name, value] of headersFor(request.method)) request.headers.set(name, value)
    return request
  },
  onResponse({ response }) {
    if (response.status === 401 && carried.csrf !== null) carried.ended()
  },
})

/** The headers of a request that is made without the client: uploads, downloads, event streams. */
export function headersFor(method: string): Map<string, string> {
  const headers = new Map<string, string>()
  if (!SAFE.has(method) && carried.csrf !== null) headers.set('Yunhu-CSRF', carried.csrf)
  if (carried.tenant !== null) headers.set('Yunhu-Tenant', carried.tenant)
  return headers
}

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** What the API answered. Throws `ProblemError`. */
export async function call<T>(asked: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>
  try {
    answer = await asked
  } catch (error) {
    if (error instanceof TypeError) throw ProblemError.unreachable()
    throw error
  }
  if (!answer.response.ok) throw ProblemError.of(answer.error, answer.response.status)
  return answer.data as T
}

/** A file of the API as the browser gets it: for downloads, players and pictures. Throws `ProblemError`. */
export async function fetchFile(path: string): Promise<{ blob: Blob; name: string }> {
  const answer = await fetch(path, { headers: [...headersFor('GET')] }).catch(() => {
    throw ProblemError.unreachable()
  })
  if (answer.status === 401 && carried.csrf !== null) carried.ended()
  if (!answer.ok) throw ProblemError.of(await answer.json().catch(() => null), answer.status)
  const disposition = answer.headers.get('content-disposition') ?? ''
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1]
  const plain = /filename="([^"]+)"/.exec(disposition)?.[1]
  return { blob: await answer.blob(), name: extended ? decodeURIComponent(extended) : (plain ?? 'download') }
}

/** Hands a file of the API to the browser to be saved. */
export async function download(path: string, name?: string): Promise<void> {
  const file = await fetchFile(path)
  saveBlob(file.blob, name ?? file.name)
}
