import { describe, expect, it } from 'vitest'
import { bodyOf, placeOf, valuesOf } from './carriers'

describe('ways of cards', () => {
  it('given the place of a secret, then a path is a file and all else a variable', () => {
    expect(placeOf(' YUNHU_SECRET_CARDS ')).toEqual({ env: 'YUNHU_SECRET_CARDS' })
    expect(placeOf('/run/secrets/cards')).toEqual({ file: '/run/secrets/cards' })
  })

  it('given a way as the server tells it, then the form sends the same again', () => {
    const carrier = { kind: 'http_push', enabled: false, lead_ms: 1500, config: { url: 'https://cards.example', secret: { file: '/run/s' } } }
    expect(bodyOf(valuesOf(carrier))).toEqual(carrier)
    const rich = { kind: 'rich_call_data', enabled: true, lead_ms: 0, config: {} }
    expect(bodyOf(valuesOf(rich))).toEqual(rich)
  })

  it('given another kind, then settings of the one before are left out', () => {
    const values = valuesOf({ kind: 'http_push', enabled: true, lead_ms: 2000, config: { url: 'https://a', secret: { env: 'X' } } })
    expect(bodyOf({ ...values, kind: 'sandbox' }).config).toEqual({})
  })

  it('given no way yet, then the form begins with cards inside the call', () => {
    expect(valuesOf(null)).toMatchObject({ kind: 'rich_call_data', enabled: true, lead_ms: 0 })
  })
})
