import { defineFeature } from '@/shared/feature'

const READS = ['notifications:read'] as const

export default defineFeature({
  name: 'notifications',
  pages: [
    {
      path: '/notifications',
      title: { zh: '通知', en: 'Notifications' },
      component: () => import('./NotificationsPage.vue'),
      needs: READS,
      side: 'tenant',
      nav: { group: 'notifications', order: 10 },
    },
    {
      path: '/notifications/:id',
      title: { zh: '通知详情', en: 'Notification' },
      component: () => import('./NotificationPage.vue'),
      needs: READS,
      side: 'tenant',
    },
    {
      path: '/journeys',
      title: { zh: '办事记录', en: 'Visits' },
      component: () => import('./JourneysPage.vue'),
      needs: READS,
      side: 'tenant',
      nav: { group: 'notifications', order: 20 },
    },
    {
      path: '/journeys/:id',
      title: { zh: '办事全程', en: 'Visit' },
      component: () => import('./JourneyPage.vue'),
      needs: READS,
      side: 'tenant',
    },
    {
      path: '/calls',
      title: { zh: '通话', en: 'Calls' },
      component: () => import('./CallsPage.vue'),
      needs: ['calls:read'],
      side: 'tenant',
      nav: { group: 'notifications', order: 30 },
    },
    {
      path: '/calls/:id',
      title: { zh: '通话详情', en: 'Call' },
      component: () => import('./CallPage.vue'),
      needs: ['calls:read'],
      side: 'tenant',
    },
    {
      path: '/messages',
      title: { zh: '短信', en: 'Texts' },
      component: () => import('./MessagesPage.vue'),
      needs: READS,
      side: 'tenant',
      nav: { group: 'notifications', order: 40 },
    },
    {
      path: '/messages/:id',
      title: { zh: '短信详情', en: 'Text' },
      component: () => import('./MessagePage.vue'),
      needs: READS,
      side: 'tenant',
    },
    {
      path: '/operator/notifications/:id',
      title: { zh: '通知详情', en: 'Notification' },
      component: () => import('./OperatorNotificationPage.vue'),
      needs: ['operator:monitor'],
      side: 'operator',
    },
    {
      path: '/operator/calls/:id',
      title: { zh: '通话详情', en: 'Call' },
      component: () => import('./OperatorCallPage.vue'),
      needs: ['operator:monitor'],
      side: 'operator',
    },
    {
      path: '/operator/messages/:id',
      title: { zh: '短信详情', en: 'Text' },
      component: () => import('./OperatorMessagePage.vue'),
      needs: ['operator:monitor'],
      side: 'operator',
    },
  ],
  found: {
    call: (found, side) => `${side === 'operator' ? '/operator' : ''}/calls/${found.id}`,
    message: (found, side) => `${side === 'operator' ? '/operator' : ''}/messages/${found.id}`,
    notification: (found, side) => `${side === 'operator' ? '/operator' : ''}/notifications/${found.id}`,
    journey: (found, side) => (side === 'operator' ? null : `/journeys/${found.id}`),
  },
})
