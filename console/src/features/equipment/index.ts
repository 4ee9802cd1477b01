import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'equipment',
  pages: [
    {
      path: '/operator/equipment',
      title: { zh: '线路与设备', en: 'Trunks and SMS accounts' },
      component: () => import('./EquipmentPage.vue'),
      needs: ['operator:equipment'],
      side: 'operator',
      nav: { group: 'administration', order: 60 },
    },
  ],
})
