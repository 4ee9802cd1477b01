import { describe, expect, it } from 'vitest'
import { sseParser, type StreamEvent } from './sseParser'

const TEXT = ': hello\r\nid: 7\r\nevent: calls\r\ndata: {"a":\r\ndata: 1}\r\n\r\nevent: heartbeat\ndata: {}\n\ndata:x\n\n'

function read(pieces: readonly string[]): StreamEvent[] {
  const found: StreamEvent[] = []
  const feed = sseParser((event) => found.push(event))
  for (const piece of pieces) feed(piece)
  return found
}

describe('sseParser', () => {
  it('given a stream cut anywhere, then its events are the same', () => {
    const whole = read([TEXT])
    expect(whole).toEqual([
      { name: 'calls', data: '{"a":\n1}', id: '7' },
      { name: 'heartbeat', data: '{}', id: '7' },
      { name: 'message', data: 'x', id: '7' },
    ])
    for (let cut = 1; cut < TEXT.length; cut += 1) {
      expect(read([TEXT.slice(0, cut), TEXT.slice(cut)])).toEqual(whole)
    }
    expect(read([...TEXT])).toEqual(whole)
  })

  it('given an event whose empty line has not come, then nothing is told', () => {
    expect(read(['event: calls\ndata: 1\n'])).toEqual([])
  })

  it('given an event without data, then nothing is told', () => {
    expect(read(['event: calls\n\n'])).toEqual([])
  })
})
