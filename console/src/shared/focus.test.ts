import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { firstField, focusFirstField } from './focus'

function form(markup: string): Element {
  document.body.innerHTML = `<form>${markup}</form>`
  return document.querySelector('form') as Element
}

afterEach(() => document.body.replaceChildren())

describe('the first field of a form', () => {
  it('given what cannot be typed in before it, then those are passed over', () => {
    const markup = '<input type="hidden" id="a"><input disabled id="b"><input tabindex="-1" id="c"><textarea id="d"></textarea>'
    expect(firstField(form(markup))?.id).toBe('d')
  })
  it('given a date first, then the field behind it: its calendar would open', () => {
    expect(firstField(form('<div class="el-date-editor"><input id="a"></div><input id="b">'))?.id).toBe('b')
  })
  it('given radio buttons, then the chosen one, and the first where none is', () => {
    const choice = (chosen: string) =>
      ['a', 'b'].map((id) => `<input type="radio" name="way" id="${id}" ${id === chosen ? 'checked' : ''}>`).join('')
    expect(firstField(form(choice('b')))?.id).toBe('b')
    expect(firstField(form(choice('')))?.id).toBe('a')
  })
  it('given no field at all, then nothing', () => {
    expect(firstField(form('<button>ok</button>'))).toBeNull()
  })
})

describe('the focus of a dialog that opens', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  function opened(focused: string): string | undefined {
    document.body.innerHTML = '<button id="opener">+</button><div role="dialog" tabindex="-1" id="dialog"><form><input id="name"></form></div>'
    document.getElementById(focused)?.focus()
    focusFirstField(() => document.querySelector('form'))
    vi.runAllTimers()
    return document.activeElement?.id
  }

  it('given a dialog that has the focus, then its first field has it', () => {
    expect(opened('dialog')).toBe('name')
  })
  it('given a dialog that was closed before, then its button keeps the focus', () => {
    expect(opened('opener')).toBe('opener')
  })
})
