import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'scenarios',
  pages: [
    {
      path: '/scenarios',
      title: { zh: '场景', en: 'Scenarios' },
      component: () => import('./ScenariosPage.vue'),
      needs: ['scenarios:read'],
      side: 'tenant',
      nav: { group: 'scenarios', order: 10 },
    },
    {
      path: '/scenarios/:slug',
      title: { zh: '场景详情', en: 'Scenario' },
      component: () => import('./ScenarioPage.vue'),
      needs: ['scenarios:read'],
      side: 'tenant',
    },
  ],
  found: { scenario: (found, side) => (side === 'tenant' ? `/scenarios/${found.id}` : null) },
})
