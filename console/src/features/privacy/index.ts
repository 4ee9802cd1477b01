import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'privacy',
  pages: [
    {
      path: '/retention',
      title: { zh: '保存期限', en: 'Retention' },
      component: () => import('./RetentionPage.vue'),
      needs: ['grants:manage'],
      side: 'tenant',
      nav: { group: 'administration', order: 80 },
    },
    {
      path: '/operator/retention',
      title: { zh: '保存期限', en: 'Retention' },
      component: () => import('./RetentionPage.vue'),
      needs: ['operator:tenants'],
      side: 'operator',
      nav: { group: 'administration', order: 80 },
    },
    {
      path: '/legal-holds',
      title: { zh: '保全', en: 'Legal holds' },
      component: () => import('./HoldsPage.vue'),
      needs: ['grants:manage'],
      side: 'tenant',
      nav: { group: 'administration', order: 85 },
    },
    {
      path: '/operator/legal-holds',
      title: { zh: '保全', en: 'Legal holds' },
      component: () => import('./HoldsPage.vue'),
      needs: ['operator:complaints'],
      side: 'operator',
      nav: { group: 'administration', order: 85 },
    },
  ],
})
