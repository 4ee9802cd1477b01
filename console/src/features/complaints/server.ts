import { api, call } from '@/api/client'
import type {
  ComplaintDetail,
  Candidate,
  ComplaintsSchemasTermView,
  LinkKind,
  MonthView,
  NewComplaint,
  NewOperatorComplaint,
  Pause,
} from '@/api/schema'
import { asQuery, type ListQuery } from '@/shared/table'
import type { Side, Step, Wanted } from './desk'

/** The two sides' endpoints in one form. */
export function deskOf(side: Side) {
  const operator = side === 'operator'
  return {
    root: operator ? '/operator/complaints' : '/complaints',
    list(asked: ListQuery) {
      const query = asQuery(asked)
      return operator
        ? call(api.GET('/api/v1/operator/complaints', { params: { query } }))
        : call(api.GET('/api/v1/complaints', { params: { query } }))
    },
    months(tenant: string): Promise<MonthView[]> {
      return operator
        ? call(api.GET('/api/v1/operator/complaints/months', { params: { query: { tenant } } }))
        : call(api.GET('/api/v1/complaints/months'))
    },
    show(id: string): Promise<ComplaintDetail> {
      const params = { path: { complaint_id: id } }
      return operator
        ? call(api.GET('/api/v1/operator/complaints/{complaint_id}', { params }))
        : call(api.GET('/api/v1/complaints/{complaint_id}', { params }))
    },
    register(body: NewComplaint, tenant: string): Promise<ComplaintDetail> {
      const whole: NewOperatorComplaint = { ...body, tenant }
      return operator
        ? call(api.POST('/api/v1/operator/complaints', { body: whole }))
        : call(api.POST('/api/v1/complaints', { body }))
    },
    candidates(id: string, kind: LinkKind, wanted: Wanted, cursor: string | null): Promise<{ items: Candidate[]; next_cursor: string | null }> {
      const params = { path: { complaint_id: id, kind }, query: { ...wanted, cursor: cursor ?? undefined, limit: 10 } }
      return operator
        ? call(api.GET('/api/v1/operator/complaints/{complaint_id}/candidates/{kind}', { params }))
        : call(api.GET('/api/v1/complaints/{complaint_id}/candidates/{kind}', { params }))
    },
    link(id: string, kind: LinkKind, attempt: string): Promise<ComplaintDetail> {
      const params = { path: { complaint_id: id, kind, attempt_id: attempt } }
      return operator
        ? call(api.POST('/api/v1/operator/complaints/{complaint_id}/{kind}/{attempt_id}', { params }))
        : call(api.POST('/api/v1/complaints/{complaint_id}/{kind}/{attempt_id}', { params }))
    },
    unlink(id: string, kind: LinkKind, attempt: string): Promise<ComplaintDetail> {
      const params = { path: { complaint_id: id, kind, attempt_id: attempt } }
      return operator
        ? call(api.DELETE('/api/v1/operator/complaints/{complaint_id}/{kind}/{attempt_id}', { params }))
        : call(api.DELETE('/api/v1/complaints/{complaint_id}/{kind}/{attempt_id}', { params }))
    },
    step(id: string, step: Step, text: string): Promise<ComplaintDetail> {
      const path = { complaint_id: id, step }
      if (operator) return call(api.POST('/api/v1/operator/complaints/{complaint_id}/{step}', { params: { path }, body: { text } }))
      // What a tenant is offered is narrower: the types of the path are so, too.
      return call(api.POST('/api/v1/complaints/{complaint_id}/{step}', { params: { path: path as never }, body: { text } }))
    },
  }
}

const byId = (id: string) => ({ params: { path: { complaint_id: id } } })

/** Only the operator's. */
export function pause(id: string, what: Pause, text: string): Promise<ComplaintDetail> {
  return call(api.POST('/api/v1/operator/complaints/{complaint_id}/pause', { ...byId(id), body: { what, text } }))
}

export function resume(id: string, text: string): Promise<ComplaintDetail> {
  return call(api.POST('/api/v1/operator/complaints/{complaint_id}/resume', { ...byId(id), body: { text } }))
}

export function terms(): Promise<ComplaintsSchemasTermView[]> {
  return call(api.GET('/api/v1/operator/complaint-terms'))
}

export function setTerm(source: ComplaintsSchemasTermView['source'], days: number): Promise<ComplaintsSchemasTermView[]> {
  return call(api.PUT('/api/v1/operator/complaint-terms/{source}', { params: { path: { source } }, body: { working_days: days } }))
}

/** A person with the contracts says yes or no to what the complaints propose. */
export async function decide(contract: string, suspension: string, reason: string | null): Promise<void> {
  const params = { path: { contract_id: contract, suspension_id: suspension } }
  if (reason === null) {
    await call(api.POST('/api/v1/operator/contracts/{contract_id}/suspensions/{suspension_id}/confirm', { params }))
  } else {
    const body = { reason }
    await call(api.POST('/api/v1/operator/contracts/{contract_id}/suspensions/{suspension_id}/decline', { params, body }))
  }
}
