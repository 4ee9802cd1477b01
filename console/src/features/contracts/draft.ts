import type { ContractWhole, ContractWish } from '@/api/schema'
import { dayText } from '@/shared/format'
import { blankRow, fenOf, itemsOf, type Row } from './forms'

/** Papers that a tenant needs by the type of its qualification, unless the contract names others. */
export const REQUIRED: Record<1 | 2, readonly string[]> = {
  1: ['subject_certificate', 'number_use_commitment'],
  2: ['subject_certificate', 'number_use_commitment', 'telecom_licence'],
}
export const PAPERS = REQUIRED[2]

export interface Draft {
  tenant: string
  number: string
  operator_name: string
  tenant_name: string
  tenant_tax_id: string
  first_day: string
  last_day: string
  items: Row[]
  yuan: number
  payment_working_days: number
  charging: NonNullable<ContractWish['charging']>
  service_start: NonNullable<ContractWish['service_start']>
  vat_percent: number
  late_fee_percent: number
  termination_days: number
  settlement_months: number
  complaints_a_month: number
  qualification_type: number
  required_documents: string[]
  payment_terms: string
}

export function blankDraft(): Draft {
  return {
    tenant: '',
    number: '',
    operator_name: '',
    tenant_name: '',
    tenant_tax_id: '',
    first_day: dayText(new Date()),
    last_day: '',
    items: [blankRow()],
    yuan: 0,
    payment_working_days: 15,
    charging: 'on_answer',
    service_start: 'on_payment',
    vat_percent: 6,
    late_fee_percent: 0.1,
    termination_days: 30,
    settlement_months: 2,
    complaints_a_month: 1,
    qualification_type: 1,
    required_documents: [...REQUIRED[1]],
    payment_terms: '',
  }
}

/** A draft as it is kept, to be edited. Items of supplements are not the contract's own. */
export function draftOf({ contract, items }: ContractWhole): Draft {
  return {
    tenant: contract.tenant,
    number: contract.number,
    operator_name: contract.operator_name,
    tenant_name: contract.tenant_name,
    tenant_tax_id: contract.tenant_tax_id,
    first_day: contract.first_day,
    last_day: contract.last_day,
    items: items
      .filter((item) => item.supplement_id === null)
      .map(({ kind, name, unit, quota, price, period, last_day: until }) => ({ kind, name, unit, quota, yuan: price / 100, period, last_day: until })),
    yuan: contract.prepayment / 100,
    payment_working_days: contract.payment_working_days,
    charging: contract.charging,
    service_start: contract.service_start,
    vat_percent: contract.vat_basis_points / 100,
    late_fee_percent: contract.late_fee_basis_points / 100,
    termination_days: contract.termination_days,
    settlement_months: contract.settlement_months,
    complaints_a_month: contract.complaints_a_month,
    qualification_type: contract.qualification_type,
    required_documents: [...contract.required_documents],
    payment_terms: contract.payment_terms,
  }
}

/** The whole agreement as the server takes it: what is left out would go back to its default. */
export function wishOf(draft: Draft): ContractWish {
  const { tenant: _, items, yuan, vat_percent, late_fee_percent, ...rest } = draft
  return {
    ...rest,
    items: itemsOf(items),
    prepayment: fenOf(yuan),
    vat_basis_points: Math.round(vat_percent * 100),
    late_fee_basis_points: Math.round(late_fee_percent * 100),
  }
}
