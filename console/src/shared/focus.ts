const FIELDS = 'input:not([type=hidden]), textarea, select'

/** Whether somebody can type or choose there; a date opens its calendar as soon as it is reached, so it is not. */
function usable(field: HTMLInputElement): boolean {
  return !field.disabled && field.tabIndex >= 0 && field.closest('.el-date-editor, [hidden], [inert]') === null
}

/** The field that the keys belong in when a form opens: of a group of radio buttons the chosen one. */
export function firstField(form: Element): HTMLElement | null {
  const fields = [...form.querySelectorAll<HTMLInputElement>(FIELDS)]
  const first = fields.find(usable)
  if (first?.type !== 'radio') return first ?? null
  return fields.find((one) => one.type === 'radio' && one.name === first.name && one.checked && usable(one)) ?? first
}

/**
 * For a dialog's `open-auto-focus`: the dialog takes the focus itself, a tick after it says so. Without a field it keeps it;
 * a dialog that was closed meanwhile has given the keys back, and does not take them again.
 */
export function focusFirstField(form: () => Element | null | undefined): void {
  window.setTimeout(() => {
    const found = form()
    if (found?.closest('[role=dialog]')?.contains(document.activeElement)) firstField(found)?.focus()
  })
}
