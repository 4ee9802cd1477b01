/** Where the live monitor's events come from; the operator's may be of one tenant. */
export function streamAddress(asOperator: boolean, tenant: string): string {
  if (!asOperator) return '/api/v1/live/stream'
  const root = '/api/v1/operator/live/stream'
  return tenant === '' ? root : `${root}?${new URLSearchParams({ tenant }).toString()}`
}
