import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'numbers',
  pages: [
    {
      path: '/numbers',
      title: { zh: '外显号码', en: 'Caller numbers' },
      component: () => import('./NumbersPage.vue'),
      needs: ['numbers:read'],
      side: 'tenant',
      nav: { group: 'numbers', order: 10 },
    },
    {
      path: '/numbers/:id',
      title: { zh: '外显号码', en: 'Caller number' },
      component: () => import('./NumberPage.vue'),
      needs: ['numbers:read'],
      side: 'tenant',
    },
    {
      path: '/operator/numbers',
      title: { zh: '号码资源', en: 'Caller numbers' },
      component: () => import('./NumbersPage.vue'),
      needs: ['operator:numbers'],
      side: 'operator',
      nav: { group: 'numbers', order: 10 },
    },
    {
      path: '/operator/numbers/import',
      title: { zh: '导入号码', en: 'Import numbers' },
      component: () => import('./ImportPage.vue'),
      needs: ['operator:numbers'],
      side: 'operator',
      nav: { group: 'numbers', order: 20 },
    },
    {
      path: '/operator/numbers/:id',
      title: { zh: '外显号码', en: 'Caller number' },
      component: () => import('./NumberPage.vue'),
      needs: ['operator:numbers'],
      side: 'operator',
    },
  ],
  found: { caller_number: (found, side) => `${side === 'operator' ? '/operator' : ''}/numbers/${found.id}` },
})
