import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'evidence',
  pages: [
    {
      path: '/evidence',
      title: { zh: '证据包', en: 'Evidence packs' },
      component: () => import('./EvidencePage.vue'),
      needs: ['evidence:read'],
      side: 'tenant',
      nav: { group: 'consent', order: 40 },
    },
    {
      path: '/operator/evidence',
      title: { zh: '证据包', en: 'Evidence packs' },
      component: () => import('./OperatorEvidencePage.vue'),
      needs: ['operator:evidence'],
      side: 'operator',
      nav: { group: 'consent', order: 40 },
    },
  ],
})
