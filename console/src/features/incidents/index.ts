import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'incidents',
  pages: [
    {
      path: '/notices',
      title: { zh: '公告', en: 'Notices' },
      component: () => import('./NoticesPage.vue'),
      needs: ['incidents:read'],
      side: 'tenant',
      nav: { group: 'administration', order: 50 },
    },
    {
      path: '/faults',
      title: { zh: '障碍申报', en: 'Fault reports' },
      component: () => import('./FaultsPage.vue'),
      needs: ['incidents:read'],
      side: 'tenant',
      nav: { group: 'administration', order: 60 },
    },
    {
      path: '/faults/:id',
      title: { zh: '障碍详情', en: 'Fault report' },
      component: () => import('./FaultPage.vue'),
      needs: ['incidents:read'],
      side: 'tenant',
    },
    {
      path: '/operator/notices',
      title: { zh: '公告发布', en: 'Notices' },
      component: () => import('./PublishPage.vue'),
      needs: ['operator:incidents'],
      side: 'operator',
      nav: { group: 'administration', order: 50 },
    },
    {
      path: '/operator/faults',
      title: { zh: '障碍处理', en: 'Fault reports' },
      component: () => import('./FaultsPage.vue'),
      needs: ['operator:incidents'],
      side: 'operator',
      nav: { group: 'administration', order: 60 },
    },
    {
      path: '/operator/faults/:id',
      title: { zh: '障碍详情', en: 'Fault report' },
      component: () => import('./FaultPage.vue'),
      needs: ['operator:incidents'],
      side: 'operator',
    },
  ],
})
