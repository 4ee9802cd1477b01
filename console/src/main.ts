import { createPinia } from 'pinia'
import { createApp } from 'vue'
import 'element-plus/theme-chalk/base.css'
import 'element-plus/theme-chalk/dark/css-vars.css'
import './app/style/tokens.css'
import './app/style/base.css'
import './app/style/element.css'
import App from './app/App.vue'
import { i18n, language, loadWords } from './app/i18n'
import { router } from './app/router'
import { followTheme } from './app/theme'
import { allowed } from './shared/allowed'
import { showError } from './shared/toast'

/** Not awaited at the top of the module: pages are chunks that import this one, and would wait for it for ever. */
async function start(): Promise<void> {
  followTheme()
  document.documentElement.lang = language.value
  await Promise.all([loadWords('app'), loadWords('shared')])
  const app = createApp(App)
  app.config.errorHandler = showError
  app.use(createPinia()).use(i18n).use(router).directive('allowed', allowed)
  window.addEventListener('unhandledrejection', (event) => {
    event.preventDefault()
    showError(event.reason)
  })
  await router.isReady()
  app.mount('#app')
}

void start()
