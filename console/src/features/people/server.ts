import { api, call } from '@/api/client'
import type { RoleRequest, UserChangeRequest, UserRequest } from '@/api/schema'

/** The same requests for both sides: the operator's own users, or the tenant's. */
export function peopleOf(ofOperator: boolean) {
  const root = ofOperator ? '/operator' : ''
  const at = (id: string) => ({ params: { path: { user_id: id } } })
  const role = (id: string) => ({ params: { path: { role_id: id } } })
  if (ofOperator) {
    return {
      root,
      list: (query: Record<string, unknown>) => call(api.GET('/api/v1/operator/users', { params: { query } })),
      show: (id: string) => call(api.GET('/api/v1/operator/users/{user_id}', at(id))),
      invite: (body: UserRequest) => call(api.POST('/api/v1/operator/users', { body })),
      change: (id: string, body: UserChangeRequest) =>
        call(api.PATCH('/api/v1/operator/users/{user_id}', { ...at(id), body })),
      disable: (id: string) => call(api.POST('/api/v1/operator/users/{user_id}/disable', at(id))),
      enable: (id: string) => call(api.POST('/api/v1/operator/users/{user_id}/enable', at(id))),
      unlock: (id: string) => call(api.POST('/api/v1/operator/users/{user_id}/unlock', at(id))),
      again: (id: string) => call(api.POST('/api/v1/operator/users/{user_id}/invitation', at(id))),
      resetPassword: (id: string) => call(api.POST('/api/v1/operator/users/{user_id}/reset-password', at(id))),
      resetFactor: (id: string) => call(api.POST('/api/v1/operator/users/{user_id}/reset-second-factor', at(id))),
      sessions: (id: string) => call(api.GET('/api/v1/operator/users/{user_id}/sessions', at(id))),
      endSessions: (id: string) => call(api.DELETE('/api/v1/operator/users/{user_id}/sessions', at(id))),
      roles: () => call(api.GET('/api/v1/operator/roles')),
      addRole: (body: RoleRequest) => call(api.POST('/api/v1/operator/roles', { body })),
      changeRole: (id: string, body: RoleRequest) =>
        call(api.PUT('/api/v1/operator/roles/{role_id}', { ...role(id), body })),
      removeRole: (id: string) => call(api.DELETE('/api/v1/operator/roles/{role_id}', role(id))),
      policy: () => call(api.GET('/api/v1/operator/sign-in-policy')),
      setPolicy: (second_factor_for_all: boolean) =>
        call(api.PUT('/api/v1/operator/sign-in-policy', { body: { second_factor_for_all } })),
    }
  }
  return {
    root,
    list: (query: Record<string, unknown>) => call(api.GET('/api/v1/users', { params: { query } })),
    show: (id: string) => call(api.GET('/api/v1/users/{user_id}', at(id))),
    invite: (body: UserRequest) => call(api.POST('/api/v1/users', { body })),
    change: (id: string, body: UserChangeRequest) => call(api.PATCH('/api/v1/users/{user_id}', { ...at(id), body })),
    disable: (id: string) => call(api.POST('/api/v1/users/{user_id}/disable', at(id))),
    enable: (id: string) => call(api.POST('/api/v1/users/{user_id}/enable', at(id))),
    unlock: (id: string) => call(api.POST('/api/v1/users/{user_id}/unlock', at(id))),
    again: (id: string) => call(api.POST('/api/v1/users/{user_id}/invitation', at(id))),
    resetPassword: (id: string) => call(api.POST('/api/v1/users/{user_id}/reset-password', at(id))),
    resetFactor: (id: string) => call(api.POST('/api/v1/users/{user_id}/reset-second-factor', at(id))),
    sessions: (id: string) => call(api.GET('/api/v1/users/{user_id}/sessions', at(id))),
    endSessions: (id: string) => call(api.DELETE('/api/v1/users/{user_id}/sessions', at(id))),
    roles: () => call(api.GET('/api/v1/roles')),
    addRole: (body: RoleRequest) => call(api.POST('/api/v1/roles', { body })),
    changeRole: (id: string, body: RoleRequest) => call(api.PUT('/api/v1/roles/{role_id}', { ...role(id), body })),
    removeRole: (id: string) => call(api.DELETE('/api/v1/roles/{role_id}', role(id))),
    policy: () => call(api.GET('/api/v1/sign-in-policy')),
    setPolicy: (second_factor_for_all: boolean) =>
      call(api.PUT('/api/v1/sign-in-policy', { body: { second_factor_for_all } })),
  }
}
