import { api, call } from '@/api/client'
import type { CauseWish, ContractWhole, ItemWish, TerminationWish } from '@/api/schema'
import { dayText } from '@/shared/format'
import { uploadDocument } from '@/shared/upload'

export type FormKind = 'sign' | 'signSupplement' | 'pay' | 'invoice' | 'qualification' | 'supplement' | 'suspend' | 'terminate'

export interface Row {
  kind: ItemWish['kind']
  name: string
  unit: string
  quota: number
  yuan: number
  period: NonNullable<ItemWish['period']>
  /** Null: as long as the contract. */
  last_day: string | null
}

export function blankRow(): Row {
  return { kind: 'voice_notification', name: '', unit: '', quota: 1, yuan: 0, period: 'term', last_day: null }
}

/** Yuan as they were typed, exactly to the fen. */
export function fenOf(yuan: number | null | undefined): number {
  return Math.round((yuan ?? 0) * 100)
}

export function itemsOf(rows: readonly Row[]): ItemWish[] {
  return rows.map(({ yuan, last_day, ...row }) => ({ ...row, price: fenOf(yuan), last_day: last_day || null }))
}

/** What all forms of a contract start from. */
export function blank(whole: ContractWhole) {
  const owed = whole.claims.find((claim) => claim.paid < claim.amount)
  return {
    day: dayText(new Date()),
    until: null as string | null,
    by: '',
    yuan: owed ? (owed.amount - owed.paid) / 100 : 0,
    reference: '',
    claim: whole.claims.find((claim) => claim.invoice_number === null)?.id ?? '',
    number: '',
    paper: whole.contract.required_documents[0] ?? 'subject_certificate',
    file: null as File | null,
    items: [] as Row[],
    cause: 'manual' as CauseWish['cause'],
    ground: 'agreement' as TerminationWish['ground'],
    reason: '',
  }
}
export type Values = ReturnType<typeof blank>

/** Sends a form to where it belongs. */
export async function send(kind: FormKind, id: string, values: Values, supplement?: string): Promise<unknown> {
  const params = { path: { contract_id: id } }
  const { day, until, by, reference, reason, number } = values
  switch (kind) {
    case 'sign':
      return call(api.POST('/api/v1/operator/contracts/{contract_id}/sign', { params, body: { signed_on: day, signed_by: by } }))
    case 'signSupplement':
      return call(
        api.POST('/api/v1/operator/contracts/{contract_id}/supplements/{supplement_id}/sign', {
          params: { path: { contract_id: id, supplement_id: supplement ?? '' } },
          body: { signed_on: day, signed_by: by },
        }),
      )
    case 'pay': {
      const body = { amount: fenOf(values.yuan), paid_on: day, reference }
      return call(api.POST('/api/v1/operator/contracts/{contract_id}/payments', { params, body }))
    }
    case 'invoice': {
      const body = { claim_id: values.claim, invoice_number: number, invoiced_on: day }
      return call(api.POST('/api/v1/operator/contracts/{contract_id}/invoices', { params, body }))
    }
    case 'qualification': {
      const document = values.file ? await uploadDocument('operator', 'qualification', values.file) : null
      const body = { kind: values.paper, reference, document_id: document?.id ?? null, valid_until: until || null }
      return call(api.POST('/api/v1/operator/contracts/{contract_id}/qualifications', { params, body }))
    }
    case 'supplement': {
      const body = {
        number,
        reason,
        effective_on: day,
        new_last_day: until || null,
        items: itemsOf(values.items),
        prepayment: fenOf(values.yuan),
      }
      return call(api.POST('/api/v1/operator/contracts/{contract_id}/supplements', { params, body }))
    }
    case 'suspend': {
      const body = { cause: values.cause, reason, subject: '' }
      return call(api.POST('/api/v1/operator/contracts/{contract_id}/suspensions', { params, body }))
    }
    default:
      return call(
        api.POST('/api/v1/operator/contracts/{contract_id}/terminate', { params, body: { ground: values.ground, reason } }),
      )
  }
}
