import { describe, expect, it } from 'vitest'
import { faultOf, MOST_BYTES, placeOf, sizeText } from './documents'

describe('documents', () => {
  it('given a file that cannot be taken, then what is wrong is told before it is sent', () => {
    expect(faultOf(null)).toBe('none')
    expect(faultOf({ name: 'a.pdf', size: 0 })).toBe('empty')
    expect(faultOf({ name: 'a.pdf', size: MOST_BYTES + 1 })).toBe('big')
    expect(faultOf({ name: 'page.html', size: 1 })).toBe('type')
    expect(faultOf({ name: 'README', size: 1 })).toBe('type')
  })

  it('given a file of a known ending in any case and of the largest size, then it may be sent', () => {
    expect(faultOf({ name: '营业执照.PDF', size: MOST_BYTES })).toBeNull()
  })

  it('given a size, then it is told in the unit that people read', () => {
    expect([sizeText(12), sizeText(2048), sizeText(5 * 1024 * 1024)]).toEqual(['12 B', '2.0 KiB', '5.0 MiB'])
  })

  it('given what uses a document, then each side is led to its own page', () => {
    const use = { kind: 'qualification', id: '1' } as const
    expect([placeOf(use, 'tenant'), placeOf(use, 'operator')]).toEqual(['/contracts/1', '/operator/contracts/1'])
    expect(placeOf({ kind: 'consent', id: '1' }, 'operator')).toBeNull()
  })
})
