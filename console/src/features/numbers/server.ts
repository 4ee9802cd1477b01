import { api, call } from '@/api/client'
import type { NumberDetail, NumberState, NumberView } from '@/api/schema'
import type { ListPage } from '@/shared/table'

export interface NumberQuery {
  tenant?: string
  state?: NumberState
  cursor?: string
  limit: number
}

/** The same requests for both sides. */
export function numbersOf(ofOperator: boolean) {
  return {
    root: ofOperator ? '/operator/numbers' : '/numbers',
    list: (query: NumberQuery): Promise<ListPage<NumberView>> =>
      ofOperator
        ? call(api.GET('/api/v1/operator/caller-numbers', { params: { query } }))
        : call(api.GET('/api/v1/caller-numbers', { params: { query } })),
    show: (id: string): Promise<NumberDetail> => {
      const params = { path: { number_id: id } }
      return ofOperator
        ? call(api.GET('/api/v1/operator/caller-numbers/{number_id}', { params }))
        : call(api.GET('/api/v1/caller-numbers/{number_id}', { params }))
    },
  }
}
