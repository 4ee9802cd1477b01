import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'call_cards',
  pages: [
    {
      path: '/card-profiles',
      title: { zh: '来电名片', en: 'Call cards' },
      component: () => import('./ProfilesPage.vue'),
      needs: ['cards:read'],
      side: 'tenant',
      nav: { group: 'cards', order: 10 },
    },
    {
      path: '/call-cards',
      title: { zh: '名片记录', en: 'Cards sent' },
      component: () => import('./CardsPage.vue'),
      needs: ['cards:read'],
      side: 'tenant',
      nav: { group: 'cards', order: 20 },
    },
    {
      path: '/operator/card-profiles',
      title: { zh: '名片审核', en: 'Card review' },
      component: () => import('./ReviewPage.vue'),
      needs: ['operator:cards'],
      side: 'operator',
      nav: { group: 'cards', order: 10 },
    },
    {
      path: '/operator/card-carriers',
      title: { zh: '名片通道', en: 'Ways of cards' },
      component: () => import('./CarriersPage.vue'),
      needs: ['operator:cards'],
      side: 'operator',
      nav: { group: 'cards', order: 20 },
    },
  ],
})
