import { api, call } from '@/api/client'
import type { AccountView, BillingSchemasEntryView as EntryView, BillingWordsEntryKind as EntryKind, MeterDay, Order, StatementWhole, UsageView } from '@/api/schema'
import type { ListPage } from '@/shared/table'

interface Paged {
  cursor?: string
  limit: number
}

/** The same requests for both sides; the operator names the tenant. */
export function billingOf(ofOperator: boolean) {
  const root = ofOperator ? '/operator' : ''
  return {
    root,
    usage: (tenant: string): Promise<UsageView> =>
      ofOperator ? call(api.GET('/api/v1/operator/billing/usage', { params: { query: { tenant } } })) : call(api.GET('/api/v1/billing/usage')),
    meter: (tenant: string, first_day: string, last_day: string, order?: Order): Promise<MeterDay[]> =>
      ofOperator
        ? call(api.GET('/api/v1/operator/billing/meter', { params: { query: { tenant, first_day, last_day, order } } }))
        : call(api.GET('/api/v1/billing/meter', { params: { query: { first_day, last_day, order } } })),
    alarms: (tenant: string | undefined, paged: Paged) =>
      ofOperator
        ? call(api.GET('/api/v1/operator/billing/alarms', { params: { query: { ...paged, tenant } } }))
        : call(api.GET('/api/v1/billing/alarms', { params: { query: paged } })),
    accounts: (tenant: string): Promise<AccountView[]> =>
      ofOperator
        ? call(api.GET('/api/v1/operator/billing/accounts', { params: { query: { tenant } } }))
        : call(api.GET('/api/v1/billing/accounts')),
    entries: (tenant: string, query: Paged & { kind?: EntryKind }): Promise<ListPage<EntryView>> =>
      ofOperator
        ? call(api.GET('/api/v1/operator/billing/entries', { params: { query: { ...query, tenant } } }))
        : call(api.GET('/api/v1/billing/entries', { params: { query } })),
    statements: (tenant: string | undefined, paged: Paged) =>
      ofOperator
        ? call(api.GET('/api/v1/operator/billing/statements', { params: { query: { ...paged, tenant } } }))
        : call(api.GET('/api/v1/billing/statements', { params: { query: paged } })),
    statement: (id: string): Promise<StatementWhole> => {
      const params = { path: { statement_id: id } }
      return ofOperator
        ? call(api.GET('/api/v1/operator/billing/statements/{statement_id}', { params }))
        : call(api.GET('/api/v1/billing/statements/{statement_id}', { params }))
    },
    paper: (id: string, form: 'pdf' | 'xlsx') => `/api/v1${root}/billing/statements/${id}/content?form=${form}`,
  }
}
