import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'people',
  pages: [
    {
      path: '/users',
      title: { zh: '用户', en: 'Users' },
      component: () => import('./UsersPage.vue'),
      needs: ['users:manage'],
      side: 'tenant',
      nav: { group: 'administration', order: 10 },
    },
    {
      path: '/operator/users',
      title: { zh: '用户', en: 'Users' },
      component: () => import('./UsersPage.vue'),
      needs: ['operator:users'],
      side: 'operator',
      nav: { group: 'administration', order: 10 },
    },
    {
      path: '/users/:id',
      title: { zh: '用户', en: 'User' },
      component: () => import('./UserPage.vue'),
      needs: ['users:manage'],
      side: 'tenant',
    },
    {
      path: '/operator/users/:id',
      title: { zh: '用户', en: 'User' },
      component: () => import('./UserPage.vue'),
      needs: ['operator:users'],
      side: 'operator',
    },
    {
      path: '/roles',
      title: { zh: '角色', en: 'Roles' },
      component: () => import('./RolesPage.vue'),
      needs: ['users:manage'],
      side: 'tenant',
      nav: { group: 'administration', order: 20 },
    },
    {
      path: '/operator/roles',
      title: { zh: '角色', en: 'Roles' },
      component: () => import('./RolesPage.vue'),
      needs: ['operator:users'],
      side: 'operator',
      nav: { group: 'administration', order: 20 },
    },
  ],
})
