import { describe, expect, it } from 'vitest'
import type { ContractWhole } from '@/api/schema'
import { blankDraft, draftOf, wishOf } from './draft'

const contract = {
  tenant: 'hall',
  number: 'C-1',
  operator_name: '运营方',
  tenant_name: '大厅',
  tenant_tax_id: '',
  first_day: '2026-01-01',
  last_day: '2026-12-31',
  prepayment: 46_000_001,
  payment_working_days: 20,
  charging: 'on_attempt',
  service_start: 'on_first_day',
  vat_basis_points: 1300,
  late_fee_basis_points: 5,
  termination_days: 60,
  settlement_months: 3,
  complaints_a_month: 4,
  qualification_type: 2,
  required_documents: ['telecom_licence'],
  payment_terms: '分两期',
} as unknown as ContractWhole['contract']
const item = { kind: 'robot', name: '机器人', unit: '个', quota: 2, price: 730_001, period: 'month', last_day: '2026-06-30', supplement_id: null }
const whole = { contract, items: [item, { ...item, supplement_id: '1' }] } as unknown as ContractWhole

describe('a draft', () => {
  it('given a kept one, when opened and saved unchanged, then every term is the same to the fen and the basis point', () => {
    const { tenant: _, ...terms } = contract as unknown as Record<string, unknown>
    const { supplement_id: __, ...own } = item
    expect(wishOf(draftOf(whole))).toEqual({ ...terms, items: [own] })
  })

  it('given a new one, then it begins with what contracts mostly agree', () => {
    expect(wishOf(blankDraft())).toMatchObject({ vat_basis_points: 600, late_fee_basis_points: 10, termination_days: 30, settlement_months: 2 })
  })
})
