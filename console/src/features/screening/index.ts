import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'screening',
  pages: [
    {
      path: '/operator/screening',
      title: { zh: '内容审查词库', en: 'Screening words' },
      component: () => import('./ScreeningPage.vue'),
      needs: ['operator:screening'],
      side: 'operator',
      nav: { group: 'scripts', order: 30 },
    },
  ],
})
