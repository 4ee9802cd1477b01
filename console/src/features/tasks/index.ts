import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'tasks',
  pages: [
    {
      path: '/tasks',
      title: { zh: '任务', en: 'Long work' },
      component: () => import('./TasksPage.vue'),
      needs: ['documents:read'],
      side: 'tenant',
      nav: { group: 'administration', order: 75 },
    },
    {
      path: '/operator/tasks',
      title: { zh: '任务', en: 'Long work' },
      component: () => import('./TasksPage.vue'),
      needs: ['operator:documents'],
      side: 'operator',
      nav: { group: 'administration', order: 75 },
    },
  ],
})
