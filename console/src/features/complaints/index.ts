import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'complaints',
  pages: [
    {
      path: '/complaints',
      title: { zh: '投诉', en: 'Complaints' },
      component: () => import('./ComplaintsPage.vue'),
      needs: ['complaints:read'],
      side: 'tenant',
      nav: { group: 'consent', order: 30 },
    },
    {
      path: '/operator/complaints',
      title: { zh: '投诉', en: 'Complaints' },
      component: () => import('./ComplaintsPage.vue'),
      needs: ['operator:complaints'],
      side: 'operator',
      nav: { group: 'consent', order: 30 },
    },
    {
      path: '/complaints/:id',
      title: { zh: '投诉', en: 'Complaint' },
      component: () => import('./ComplaintPage.vue'),
      needs: ['complaints:read'],
      side: 'tenant',
    },
    {
      path: '/operator/complaints/:id',
      title: { zh: '投诉', en: 'Complaint' },
      component: () => import('./ComplaintPage.vue'),
      needs: ['operator:complaints'],
      side: 'operator',
    },
  ],
})
