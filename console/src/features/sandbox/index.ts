import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'sandbox',
  pages: [
    {
      path: '/try',
      title: { zh: '模拟一位办事人', en: 'Simulate a visitor' },
      component: () => import('./TryPage.vue'),
      needs: ['scenarios:write'],
      side: 'tenant',
      nav: { group: 'try', order: 10 },
    },
  ],
})
