import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'reports',
  pages: [
    {
      path: '/reports',
      title: { zh: '数据报表', en: 'Reports' },
      component: () => import('./ReportsPage.vue'),
      needs: ['reports:read'],
      side: 'tenant',
      nav: { group: 'reports', order: 10 },
    },
    {
      path: '/operator/reports',
      title: { zh: '数据报表', en: 'Reports' },
      component: () => import('./ReportsPage.vue'),
      needs: ['operator:reports'],
      side: 'operator',
      nav: { group: 'reports', order: 10 },
    },
    {
      path: '/report-mails',
      title: { zh: '报表邮件', en: 'Mailed reports' },
      component: () => import('./MailsPage.vue'),
      needs: ['reports:read'],
      side: 'tenant',
      nav: { group: 'reports', order: 20 },
    },
  ],
})
