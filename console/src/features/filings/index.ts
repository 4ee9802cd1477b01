import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'filings',
  pages: [
    {
      path: '/filings',
      title: { zh: '备案', en: 'Filings' },
      component: () => import('./FilingsPage.vue'),
      needs: ['filings:read'],
      side: 'tenant',
      nav: { group: 'scripts', order: 20 },
    },
    {
      path: '/filings/new',
      title: { zh: '新建备案', en: 'New filing' },
      component: () => import('./FilingEditPage.vue'),
      needs: ['filings:submit'],
      side: 'tenant',
    },
    {
      path: '/filings/:id',
      title: { zh: '备案详情', en: 'Filing' },
      component: () => import('./FilingPage.vue'),
      needs: ['filings:read'],
      side: 'tenant',
    },
    {
      path: '/filings/:id/edit',
      title: { zh: '编辑备案', en: 'Edit a filing' },
      component: () => import('./FilingEditPage.vue'),
      needs: ['filings:submit'],
      side: 'tenant',
    },
    {
      path: '/operator/filings',
      title: { zh: '备案审核', en: 'Filing review' },
      component: () => import('./FilingsPage.vue'),
      needs: ['operator:filings'],
      side: 'operator',
      nav: { group: 'scripts', order: 20 },
    },
    {
      path: '/operator/filings/:id',
      title: { zh: '备案审核', en: 'Filing review' },
      component: () => import('./FilingPage.vue'),
      needs: ['operator:filings'],
      side: 'operator',
    },
  ],
})
