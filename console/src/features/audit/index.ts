import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'audit',
  pages: [
    {
      path: '/audit',
      title: { zh: '审计日志', en: 'Audit log' },
      component: () => import('./AuditPage.vue'),
      needs: ['audit:read'],
      side: 'tenant',
      nav: { group: 'administration', order: 40 },
    },
    {
      path: '/operator/audit',
      title: { zh: '审计日志', en: 'Audit log' },
      component: () => import('./AuditPage.vue'),
      needs: ['operator:audit'],
      side: 'operator',
      nav: { group: 'administration', order: 40 },
    },
    {
      path: '/grants',
      title: { zh: '对运营方授权', en: 'Grants to the operator' },
      component: () => import('./GrantsPage.vue'),
      needs: ['grants:manage'],
      side: 'tenant',
      nav: { group: 'administration', order: 30 },
    },
    {
      path: '/operator/grants',
      title: { zh: '租户授权', en: 'Grants of tenants' },
      component: () => import('./OpenTenantsPage.vue'),
      needs: ['operator:evidence'],
      side: 'operator',
      nav: { group: 'administration', order: 30 },
    },
  ],
})
