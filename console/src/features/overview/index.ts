import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'overview',
  found: { tenant: (found, side) => (side === 'operator' ? `/operator/overview?tenant=${found.id}` : null) },
  pages: [
    {
      path: '/overview',
      title: { zh: '今日总览', en: 'Today' },
      component: () => import('./OverviewPage.vue'),
      needs: ['reports:read'],
      side: 'tenant',
      nav: { group: 'overview', order: 10 },
    },
    {
      path: '/operator/overview',
      title: { zh: '今日总览', en: 'Today' },
      component: () => import('./OverviewPage.vue'),
      needs: ['operator:reports'],
      side: 'operator',
      nav: { group: 'overview', order: 10 },
    },
  ],
})
