import { api, call } from '@/api/client'
import type { TenantView } from '@/api/schema'

/** The operator's tenants, for choices: the first 200 by slug. */
export async function allTenants(): Promise<TenantView[]> {
  return (await call(api.GET('/api/v1/operator/tenants', { params: { query: { limit: 200 } } }))).items
}
