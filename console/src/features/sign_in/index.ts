import { defineFeature } from '@/shared/feature'

export default defineFeature({
  name: 'sign_in',
  pages: [
    { path: '/sign-in', title: { zh: '登录', en: 'Sign in' }, component: () => import('./SignInPage.vue'), open: true },
    { path: '/welcome', title: { zh: '开通账号', en: 'Welcome' }, component: () => import('./WelcomePage.vue'), open: true },
  ],
})
