/** How a simulated phone behaves, by the last four digits of its number (the sandbox's own table). */
export interface Persona {
  name: string
  digits: string
}

export const PERSONAS: readonly Persona[] = [
  { name: 'listens', digits: '8000' },
  { name: 'pressesOne', digits: '2001' },
  { name: 'pressesNine', digits: '2009' },
  { name: 'noAnswer', digits: '1002' },
  { name: 'busy', digits: '1001' },
  { name: 'declines', digits: '1004' },
  { name: 'poweredOff', digits: '1003' },
  { name: 'hangsUp', digits: '1009' },
  { name: 'voicemail', digits: '1006' },
  { name: 'assistant', digits: '1007' },
]

/**
 * A mobile number of nobody in particular that behaves so. A fresh one for each visitor: one number is called three
 * times a day at most, in the sandbox too.
 */
export function phoneFor(persona: Persona, random: () => number = Math.random): string {
  const middle = Math.floor(random() * 10_000)
  return `138${String(middle).padStart(4, '0')}${persona.digits}`
}
