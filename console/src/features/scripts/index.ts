import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'scripts',
  pages: [
    {
      path: '/scripts',
      title: { zh: '话术', en: 'Scripts' },
      component: () => import('./ScriptsPage.vue'),
      needs: ['scripts:read'],
      side: 'tenant',
      nav: { group: 'scripts', order: 10 },
    },
    {
      path: '/scripts/:slug',
      title: { zh: '话术详情', en: 'Script' },
      component: () => import('./ScriptPage.vue'),
      needs: ['scripts:read'],
      side: 'tenant',
    },
  ],
  found: { script: (found, side) => (side === 'tenant' ? `/scripts/${found.id}` : null) },
})
