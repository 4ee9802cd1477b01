import { describe, expect, it } from 'vitest'
import { contentOf, emptyPackage, fieldOf, packageOf } from './content'

describe('a package', () => {
  it('given a kept one, when edited and sent unchanged, then it is the same', () => {
    const content = {
      scope: '办事群众',
      purpose: '叫号',
      purposes: ['your_turn' as const],
      script_versions: ['0198'],
      caller_regions: ['029', 'mobile'],
      attachments: [],
      plan: {
        windows: [{ days: [1], start: '08:30', end: '18:00' }],
        daily_calls: 10,
        daily_messages: 0,
        calls_per_callee: 2,
        messages_per_callee: 5,
        minutes_between_calls: 30,
      },
    }
    expect(contentOf(packageOf('main', '大厅', content))).toEqual(content)
  })

  it('given regions as people write them, then they are parted', () => {
    expect(contentOf({ ...emptyPackage(), caller_regions: '029、 010，mobile ' }).caller_regions).toEqual(['029', '010', 'mobile'])
  })

  it('given a place in the body, then the field of the form is found', () => {
    expect(['content.plan.windows.0', 'content.scope', 'slug'].map(fieldOf)).toEqual(['windows.0', 'scope', 'slug'])
  })
})
