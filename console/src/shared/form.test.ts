import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { ProblemError } from '@/api/problem'
import { useForm } from './form'

function refused(id: string, details: Record<string, unknown>): ProblemError {
  return ProblemError.of({ id, title: 'No', title_zh: '不行', detail: 'No', details }, 422)
}

describe('forms', () => {
  beforeEach(() => setActivePinia(createPinia()))

  it('given problems of fields, when refused, then they stand beside the fields', async () => {
    const errors = [{ pointer: '/roles/presets/0', message: 'unknown', source: 'body' }]
    const form = useForm({ initial: () => ({ roles: [] }), send: () => Promise.reject(refused('invalid', { errors })) })
    expect(await form.submit()).toBe(false)
    expect(form.errors).toEqual({ 'roles.presets.0': 'unknown' })
    expect(form.problem).toBeNull()
  })

  it('given a problem that belongs to one field, when refused, then it stands beside that field', async () => {
    const form = useForm({
      initial: () => ({ login: 'a' }),
      send: () => Promise.reject(refused('identity.login_taken', {})),
      beside: { 'identity.login_taken': 'login' },
    })
    await form.submit()
    expect(Object.keys(form.errors)).toEqual(['login'])
  })

  it('given a problem of the whole, when refused, then the form shows it and keeps what was entered', async () => {
    const form = useForm({ initial: () => ({ name: '' }), send: () => Promise.reject(refused('conflict', {})) })
    form.values.name = 'kept'
    await form.submit()
    expect(form.problem?.id).toBe('conflict')
    expect(form.values.name).toBe('kept')
  })

  it('given it is under way, when submitted again, then it is sent once', async () => {
    let sent = 0
    const gate = Promise.withResolvers<void>()
    const form = useForm({
      initial: () => ({}),
      send: () => {
        sent += 1
        return gate.promise
      },
    })
    const first = form.submit()
    expect(await form.submit()).toBe(false)
    gate.resolve()
    expect(await first).toBe(true)
    expect(sent).toBe(1)
  })
})
