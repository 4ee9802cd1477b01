import { ElMessage } from 'element-plus'
import 'element-plus/theme-chalk/el-message.css'
import { ProblemError } from '@/api/problem'
import { t } from '@/app/i18n'

/** Tells an error: its sentence, and the stable id and the request's number to quote. */
export function showError(error: unknown): void {
  const problem = error instanceof ProblemError ? error : null
  if (problem?.problem.status === 401) return // the notice about the ended session says it
  const lines = problem
    ? [problem.sentence, [problem.id, problem.problem.request_id].filter(Boolean).join(' · ')]
    : [t('shared.unexpected'), String(error)]
  ElMessage({ type: 'error', message: lines.join('\n'), customClass: 'message-lines', duration: 8000, showClose: true })
}

/** Tells that something was done. */
export function showDone(message: string): void {
  ElMessage({ type: 'success', message, duration: 3000 })
}
