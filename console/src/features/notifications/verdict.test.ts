import { expect, test } from 'vitest'
import { judgedOf, seenText } from './verdict'

test('given a stored verdict when read then what decided comes first', () => {
  const verdict = {
    outcome: 'deferred',
    findings: [
      { rule: 'deadline', outcome: 'allowed' },
      { rule: 'daily_cap', outcome: 'deferred', until: '2026-03-02T00:00:00+08:00', saw: { calls_today: 3, cap: 3 } },
    ],
  }
  const judged = judgedOf(verdict)
  expect(judged.outcome).toBe('deferred')
  expect(judged.findings.map((finding) => finding.rule)).toEqual(['daily_cap', 'deadline'])
  expect(judged.findings[0]?.saw).toEqual({ calls_today: 3, cap: 3 })
})

test('given something that is no verdict when read then nothing is claimed', () => {
  expect(judgedOf({ findings: [{ rule: 1 }, 'x', { rule: 'a', outcome: 'perhaps' }] })).toEqual({ outcome: null, findings: [] })
})

test('given what rules saw when told then moments are China time and lists are joined', () => {
  expect(seenText('2026-03-01T01:00:00Z')).toContain('09:00')
  expect(seenText(['a', 'b'])).toBe('a, b')
  expect(seenText(null)).toBe('—')
})
