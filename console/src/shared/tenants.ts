import { api, call } from '@/api/client'

/** Names of the operator's tenants by id, for lists that know only the id. */
export async function tenantNames(): Promise<Map<string, string>> {
  const names = new Map<string, string>()
  let cursor: string | undefined
  do {
    const page = await call(api.GET('/api/v1/operator/tenants', { params: { query: { limit: 200, cursor } } }))
    for (const tenant of page.items) names.set(tenant.id, tenant.name)
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  return names
import type { TenantView } from '@/api/schema'

/** The operator's tenants, for choices: the first 200 by slug. */
export async function allTenants(): Promise<TenantView[]> {
  return (await call(api.GET('/api/v1/operator/tenants', { params: { query: { limit: 200 } } }))).items
}
