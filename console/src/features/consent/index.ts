import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'consent',
  pages: [
    {
      path: '/consents',
      title: { zh: '同意凭证', en: 'Consents' },
      component: () => import('./ConsentsPage.vue'),
      needs: ['consents:read'],
      side: 'tenant',
      nav: { group: 'consent', order: 10 },
    },
    {
      path: '/consents/import',
      title: { zh: '导入同意', en: 'Import consents' },
      component: () => import('./ImportPage.vue'),
      needs: ['consents:write'],
      side: 'tenant',
    },
    {
      path: '/consents/:id',
      title: { zh: '同意凭证', en: 'Proof of consent' },
      component: () => import('./ProofPage.vue'),
      needs: ['consents:read'],
      side: 'tenant',
    },
    {
      path: '/refusals',
      title: { zh: '拒绝来电', en: 'Refusals' },
      component: () => import('./RefusalsPage.vue'),
      needs: ['refusals:write'],
      side: 'tenant',
      nav: { group: 'consent', order: 20 },
    },
    {
      path: '/operator/refusals',
      title: { zh: '全平台拒绝来电', en: 'Refusals of every tenant' },
      component: () => import('./RefusalsPage.vue'),
      needs: ['operator:consents'],
      side: 'operator',
      nav: { group: 'consent', order: 20 },
    },
  ],
  found: { refusal: (_, side) => (side === 'operator' ? null : '/refusals') },
})
