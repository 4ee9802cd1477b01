import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'contracts',
  pages: [
    {
      path: '/contracts',
      title: { zh: '合同', en: 'Contracts' },
      component: () => import('./ContractsPage.vue'),
      needs: ['contracts:read'],
      side: 'tenant',
      nav: { group: 'money', order: 10 },
    },
    {
      path: '/contracts/:id',
      title: { zh: '合同', en: 'Contract' },
      component: () => import('./ContractPage.vue'),
      needs: ['contracts:read'],
      side: 'tenant',
    },
    {
      path: '/operator/contracts',
      title: { zh: '合同', en: 'Contracts' },
      component: () => import('./ContractsPage.vue'),
      needs: ['operator:contracts'],
      side: 'operator',
      nav: { group: 'money', order: 10 },
    },
    {
      path: '/operator/contracts/new',
      title: { zh: '起草合同', en: 'Draft a contract' },
      component: () => import('./DraftPage.vue'),
      needs: ['operator:contracts'],
      side: 'operator',
    },
    {
      path: '/operator/contracts/:id/edit',
      title: { zh: '修改合同草稿', en: 'Edit a draft' },
      component: () => import('./DraftPage.vue'),
      needs: ['operator:contracts'],
      side: 'operator',
    },
    {
      path: '/operator/contracts/:id',
      title: { zh: '合同', en: 'Contract' },
      component: () => import('./ContractPage.vue'),
      needs: ['operator:contracts'],
      side: 'operator',
    },
  ],
  found: { contract: (found, side) => (side === 'operator' ? `/operator/contracts/${found.id}` : `/contracts/${found.id}`) },
})
