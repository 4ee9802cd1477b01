import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'tenants',
  found: { tenant: (found, side) => (side === 'operator' ? `/operator/tenants?q=${found.id}` : null) },
  pages: [
    {
      path: '/operator/tenants',
      title: { zh: '租户', en: 'Tenants' },
      component: () => import('./TenantsPage.vue'),
      needs: ['operator:tenants'],
      side: 'operator',
      nav: { group: 'administration', order: 5 },
    },
  ],
})
