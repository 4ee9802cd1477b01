import { api, call } from '@/api/client'
import type { ContractState, ContractView, ContractWhole, SettlementView, ShortfallView, TimelinePoint, Usage } from '@/api/schema'
import { ProblemError } from '@/api/problem'
import type { ListPage } from '@/shared/table'

export interface ContractQuery {
  tenant?: string
  state?: ContractState
  cursor?: string
  limit: number
}

/** Everything that a contract's page shows. */
export interface ContractFile {
  whole: ContractWhole
  timeline: readonly TimelinePoint[]
  usage: readonly Usage[]
  shortfalls: readonly ShortfallView[]
  settlement: SettlementView | null
}

async function orNone<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof ProblemError && error.problem.status === 404) return null
    throw error
  }
}

/** The same requests for both sides. */
export function contractsOf(ofOperator: boolean) {
  const root = ofOperator ? '/operator/contracts' : '/contracts'

  function list(query: ContractQuery): Promise<ListPage<ContractView>> {
    return ofOperator
      ? call(api.GET('/api/v1/operator/contracts', { params: { query } }))
      : call(api.GET('/api/v1/contracts', { params: { query } }))
  }

  async function open(id: string): Promise<ContractFile> {
    const params = { path: { contract_id: id } }
    const [whole, timeline, usage, shortfalls] = ofOperator
      ? await Promise.all([
          call(api.GET('/api/v1/operator/contracts/{contract_id}', { params })),
          call(api.GET('/api/v1/operator/contracts/{contract_id}/timeline', { params })),
          call(api.GET('/api/v1/operator/contracts/{contract_id}/usage', { params })),
          call(api.GET('/api/v1/operator/contracts/{contract_id}/shortfalls', { params })),
        ])
      : await Promise.all([
          call(api.GET('/api/v1/contracts/{contract_id}', { params })),
          call(api.GET('/api/v1/contracts/{contract_id}/timeline', { params })),
          call(api.GET('/api/v1/contracts/{contract_id}/usage', { params })),
          call(api.GET('/api/v1/contracts/{contract_id}/shortfalls', { params })),
        ])
    const settled = whole.contract.state === 'settled'
    return { whole, timeline, usage, shortfalls, settlement: settled ? await orNone(settlementOf(id)) : null }
  }

  function settlementOf(id: string): Promise<SettlementView> {
    const params = { path: { contract_id: id } }
    return ofOperator
      ? call(api.GET('/api/v1/operator/contracts/{contract_id}/settlement', { params }))
      : call(api.GET('/api/v1/contracts/{contract_id}/settlement', { params }))
  }

  const paper = (id: string, form: 'pdf' | 'xlsx') =>
    `/api/v1/${ofOperator ? 'operator/' : ''}billing/settlements/${id}/content?form=${form}`

  return { root, list, open, paper }
}
