import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { ElMessage } from 'element-plus'
import type { PageDefinition } from '@/shared/feature'
import { features } from './features'
import { language, loadWords, t } from './i18n'
import { firstPage } from './navigation'
import { useSession } from './session'

declare module 'vue-router' {
  interface RouteMeta {
    feature?: string
    page?: PageDefinition
  }
}

const records: RouteRecordRaw[] = features.flatMap((feature) =>
  feature.pages.map((page) => ({
    path: page.path,
    component: page.component,
    meta: { feature: feature.name, page },
  })),
)

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: () => import('./pages/StartPage.vue') },
    ...records,
    { path: '/forbidden', component: () => import('./pages/ForbiddenPage.vue') },
    { path: '/:rest(.*)*', component: () => import('./pages/MissingPage.vue') },
  ],
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
})

router.beforeEach(async (to) => {
  const session = useSession()
  const page = to.meta.page
  if (to.meta.feature !== undefined) await loadWords(to.meta.feature)
  if (page?.open) return true
  const who = await session.ensure()
  if (who === null) return { path: '/sign-in', query: to.path === '/' ? {} : { next: to.fullPath } }
  if (to.path === '/') return firstPage(session)
  if (page !== undefined && !session.mayOpen(page)) return { path: '/forbidden', query: { from: to.path } }
  return true
})

router.afterEach((to) => {
  const title = to.meta.page?.title
  document.title = title ? `${language.value === 'zh-CN' ? title.zh : title.en} · 云呼+` : '云呼+'
})

// A page of an earlier build is gone from the server: the newest is a reload away.
router.onError((error, to) => {
  if (/dynamically imported module|Importing a module script failed/i.test(String(error))) {
    window.location.assign(to.fullPath)
    return
  }
  ElMessage({ type: 'error', message: t('app.pageFailed') })
})
