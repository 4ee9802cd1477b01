import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'account',
  pages: [
    {
      path: '/account',
      title: { zh: '我的账号', en: 'My account' },
      component: () => import('./AccountPage.vue'),
      nav: { group: 'account', order: 10 },
    },
  ],
})
