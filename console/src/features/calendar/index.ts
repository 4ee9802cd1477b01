import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'calendar',
  pages: [
    {
      path: '/operator/calendar',
      title: { zh: '工作日历', en: 'Working days' },
      component: () => import('./CalendarPage.vue'),
      needs: ['operator:calendar'],
      side: 'operator',
      nav: { group: 'administration', order: 90 },
    },
  ],
})
