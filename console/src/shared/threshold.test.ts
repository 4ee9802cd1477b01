import { describe, expect, it } from 'vitest'
import { thresholdOf } from './threshold'

describe('entries of the threshold', () => {
  it('given what the rule writes, then its figures are found; people’s words are left as they are', () => {
    const text = '2026-11 已计入 4 件投诉，达到合同约定的 1 件'
    expect(thresholdOf('complaints.threshold', text)).toEqual({ counted: '4', month: '2026-11', threshold: '1' })
    expect(thresholdOf('张敏', text)).toBeNull()
    expect(thresholdOf('complaints.threshold', '已核实')).toBeNull()
  })
})
