import { reactive, type Reactive } from 'vue'
import { ProblemError } from '@/api/problem'
import { showError } from './toast'

export interface Form<T extends object> {
  values: T
  /** What is wrong, by field (`roles.presets.0`). */
  errors: Record<string, string>
  /** What is wrong with the whole. */
  problem: ProblemError | null
  busy: boolean
  submit: () => Promise<boolean>
  reset: (values?: T) => void
}

interface Options<T extends object, R> {
  initial: () => T
  send: (values: T) => Promise<R>
  /** Errors that belong beside a field though the server tells them of the whole: error id → field. */
  beside?: Record<string, keyof T & string>
  done?: (answer: R) => unknown
}

/** A form that shows the server's problems beside the fields that cause them. */
export function useForm<T extends object, R>(options: Options<T, R>): Reactive<Form<T>> {
  const form = reactive({
    values: options.initial(),
    errors: {} as Record<string, string>,
    problem: null as ProblemError | null,
    busy: false,
    submit,
    reset,
  }) as Reactive<Form<T>>

  async function submit(): Promise<boolean> {
    if (form.busy) return false
    form.busy = true
    form.errors = {}
    form.problem = null
    try {
      const answer = await options.send(form.values as T)
      await options.done?.(answer)
      return true
    } catch (error) {
      place(error)
      return false
    } finally {
      form.busy = false
    }
  }

  function place(error: unknown): void {
    if (!(error instanceof ProblemError)) {
      showError(error)
      return
    }
    const beside = options.beside?.[error.id]
    const fields = error.fields
    if (beside !== undefined) form.errors = { [beside]: error.sentence }
    else if (fields.size > 0) form.errors = Object.fromEntries(fields)
    else (form as { problem: ProblemError | null }).problem = error
  }

  function reset(values?: T): void {
    form.values = (values ?? options.initial()) as Reactive<Form<T>>['values']
    form.errors = {}
    form.problem = null
  }

  return form
}
