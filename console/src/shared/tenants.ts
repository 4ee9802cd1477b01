import { api, call } from '@/api/client'
import type { TenantView } from '@/api/schema'

/** The operator's tenants by slug, for choices and for lists that know only ids. */
export async function allTenants(): Promise<TenantView[]> {
  const found: TenantView[] = []
  let cursor: string | undefined
  do {
    const page = await call(api.GET('/api/v1/operator/tenants', { params: { query: { limit: 200, cursor } } }))
    found.push(...page.items)
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  return found
}

/** Their names by id. */
export async function tenantNames(): Promise<Map<string, string>> {
  return new Map((await allTenants()).map((tenant) => [tenant.id, tenant.name]))
}
