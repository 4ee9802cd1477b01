import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'documents',
  pages: [
    {
      path: '/documents',
      title: { zh: '文件', en: 'Documents' },
      component: () => import('./DocumentsPage.vue'),
      needs: ['documents:read'],
      side: 'tenant',
      nav: { group: 'administration', order: 70 },
    },
    {
      path: '/operator/documents',
      title: { zh: '文件', en: 'Documents' },
      component: () => import('./DocumentsPage.vue'),
      needs: ['operator:documents'],
      side: 'operator',
      nav: { group: 'administration', order: 70 },
    },
  ],
})
