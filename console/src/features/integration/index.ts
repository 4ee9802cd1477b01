import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'integration',
  pages: [
    {
      path: '/guide',
      title: { zh: '对接指南', en: 'Integrator’s guide' },
      component: () => import('./GuidePage.vue'),
      nav: { group: 'integration', order: 10 },
    },
    {
      path: '/api-keys',
      title: { zh: '接口密钥', en: 'API keys' },
      component: () => import('./KeysPage.vue'),
      needs: ['keys:manage'],
      side: 'tenant',
      nav: { group: 'integration', order: 20 },
    },
    {
      path: '/operator/api-keys',
      title: { zh: '接口密钥', en: 'API keys' },
      component: () => import('./KeysPage.vue'),
      needs: ['operator:users'],
      side: 'operator',
      nav: { group: 'integration', order: 20 },
    },
    {
      path: '/callbacks',
      title: { zh: '回调', en: 'Callbacks' },
      component: () => import('./CallbacksPage.vue'),
      needs: ['callbacks:manage'],
      side: 'tenant',
      nav: { group: 'integration', order: 30 },
    },
    {
      path: '/deliveries',
      title: { zh: '回调记录', en: 'Delivery log' },
      component: () => import('./DeliveriesPage.vue'),
      needs: ['callbacks:manage'],
      side: 'tenant',
      nav: { group: 'integration', order: 40 },
    },
    {
      path: '/deliveries/:id',
      title: { zh: '回调详情', en: 'Delivery' },
      component: () => import('./DeliveryPage.vue'),
      needs: ['callbacks:manage'],
      side: 'tenant',
    },
  ],
})
