import type { Slot, SlotKind } from '@/api/schema'

/** A variable of a script as it is being edited. */
export interface SlotDraft {
  name: string
  kind: SlotKind
  /** Null: the kind's own limit. */
  max_length: number | null
  /** Empty: nothing more is asked. */
  pattern: string
  /** For previews alone; never kept. */
  sample: string
}

export interface Piece {
  text: string
  slot: string | null
}

const PLACEHOLDER = /\{([a-z][a-z0-9_]{0,39})\}/g
export const KINDS: readonly SlotKind[] = ['queue_number', 'window', 'count', 'name', 'text', 'money', 'date', 'time', 'phone']
/** Characters, as the server limits each kind. */
export const LONGEST: Record<SlotKind, number> = {
  queue_number: 12,
  window: 12,
  phone: 20,
  money: 20,
  date: 12,
  time: 10,
  name: 30,
  text: 100,
  count: 6,
}
const SAMPLES: Record<SlotKind, string> = {
  queue_number: 'A021',
  window: '3',
  phone: '029-88880000',
  money: '128.50',
  date: '2026-02-09',
  time: '14:30',
  name: '王晓明',
  text: '社保卡补换',
  count: '3',
}
/** What a name most likely holds. */
const BY_NAME: readonly [RegExp, SlotKind][] = [
  [/queue|ticket/, 'queue_number'],
  [/window|counter|room/, 'window'],
  [/ahead|count|people|minutes/, 'count'],
  [/phone|tel/, 'phone'],
  [/amount|money|fee|price/, 'money'],
  [/date|day/, 'date'],
  [/time|hour/, 'time'],
  [/name/, 'name'],
]

export function pieces(text: string): Piece[] {
  const found: Piece[] = []
  let position = 0
  for (const match of text.matchAll(PLACEHOLDER)) {
    if (match.index > position) found.push({ text: text.slice(position, match.index), slot: null })
    found.push({ text: match[0], slot: match[1] ?? '' })
    position = match.index + match[0].length
  }
  if (position < text.length) found.push({ text: text.slice(position), slot: null })
  return found
}

/** Names used, in order of first use. */
export function placeholders(text: string): string[] {
  return [...new Set(pieces(text).flatMap((piece) => piece.slot ?? []))]
}

export function kindOf(name: string): SlotKind {
  return BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? 'text'
}

export function newSlot(name: string, kind: SlotKind = kindOf(name)): SlotDraft {
  return { name, kind, max_length: kind === 'text' ? 20 : null, pattern: '', sample: SAMPLES[kind] }
}

export function draftOf(slot: Slot): SlotDraft {
  const longest = LONGEST[slot.kind]
  const limit = slot.max_length ?? null
  return { ...newSlot(slot.name, slot.kind), max_length: limit === longest ? null : limit, pattern: slot.pattern ?? '' }
}

/** One draft for each variable that the text uses, in its order; what was known of one stays. */
export function slotsFor(text: string, known: readonly SlotDraft[]): SlotDraft[] {
  return placeholders(text).map((name) => known.find((slot) => slot.name === name) ?? newSlot(name))
}

export function changedKind(slot: SlotDraft, kind: SlotKind): SlotDraft {
  return { ...newSlot(slot.name, kind), pattern: slot.pattern }
}

export function slotBodies(slots: readonly SlotDraft[]): Slot[] {
  return slots.map(({ name, kind, max_length, pattern }) => ({
    name,
    kind,
    ...(max_length === null ? {} : { max_length }),
    ...(pattern === '' ? {} : { pattern }),
  }))
}

/** A name for another variable of a kind: `window`, `window_2`. */
export function freeName(kind: SlotKind, used: readonly string[]): string {
  let name: string = kind
  for (let at = 2; used.includes(name); at += 1) name = `${kind}_${at}`
  return name
}

/** Characters with every variable as long as it may be. */
export function longestOf(text: string, slots: readonly SlotDraft[]): number {
  return pieces(text).reduce((sum, piece) => {
    const slot = slots.find((one) => one.name === piece.slot)
    return sum + (piece.slot === null ? [...piece.text].length : slot ? (slot.max_length ?? LONGEST[slot.kind]) : 0)
  }, 0)
}

/** Position of a brace that belongs to no placeholder, from 1; null where there is none. */
export function strayBrace(text: string): number | null {
  let position = 0
  for (const piece of pieces(text)) {
    const at = piece.slot === null ? piece.text.search(/[{}]/) : -1
    if (at >= 0) return position + at + 1
    position += piece.text.length
  }
  return null
}
