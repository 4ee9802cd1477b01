import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'monitoring',
  pages: [
    {
      path: '/live',
      title: { zh: '全局监控', en: 'Live monitor' },
      component: () => import('./LivePage.vue'),
      needs: ['monitor:read'],
      side: 'tenant',
      nav: { group: 'monitor', order: 10 },
    },
    {
      path: '/live/wall',
      title: { zh: '监控大屏', en: 'Wall monitor' },
      component: () => import('./WallPage.vue'),
      needs: ['monitor:read'],
      side: 'tenant',
      bare: true,
    },
    {
      path: '/alarms',
      title: { zh: '告警', en: 'Alarms' },
      component: () => import('./AlarmsPage.vue'),
      needs: ['monitor:read'],
      side: 'tenant',
      nav: { group: 'monitor', order: 20 },
    },
    {
      path: '/operator/live',
      title: { zh: '全局监控', en: 'Live monitor' },
      component: () => import('./LivePage.vue'),
      needs: ['operator:monitor'],
      side: 'operator',
      nav: { group: 'monitor', order: 10 },
    },
    {
      path: '/operator/live/wall',
      title: { zh: '监控大屏', en: 'Wall monitor' },
      component: () => import('./WallPage.vue'),
      needs: ['operator:monitor'],
      side: 'operator',
      bare: true,
    },
    {
      path: '/operator/alarms',
      title: { zh: '告警', en: 'Alarms' },
      component: () => import('./AlarmsPage.vue'),
      needs: ['operator:monitor'],
      side: 'operator',
      nav: { group: 'monitor', order: 20 },
    },
  ],
})
