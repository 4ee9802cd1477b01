/** One event of a stream. */
export interface StreamEvent {
  name: string
  data: string
  id: string | null
}

/** Reads `text/event-stream` as it comes, in pieces of any size. Gives an event once its empty line has come. */
export function sseParser(onEvent: (event: StreamEvent) => void): (piece: string) => void {
  let rest = ''
  let name = ''
  let id: string | null = null
  let lines: string[] = []

  function take(line: string): void {
    if (line === '') {
      if (lines.length > 0) onEvent({ name: name || 'message', data: lines.join('\n'), id })
      name = ''
      lines = []
      return
    }
    const colon = line.indexOf(':')
    if (colon === 0) return
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') name = value
    else if (field === 'data') lines.push(value)
    else if (field === 'id') id = value
  }

  return (piece) => {
    rest += piece
    // A CR at the end may be half of a CRLF: it waits for what comes next.
    const end = rest.endsWith('\r') ? rest.length - 1 : rest.length
    const whole = rest.slice(0, end).split(/\r\n|\r|\n/)
    const open = whole.pop() ?? ''
    rest = open + rest.slice(end)
    for (const line of whole) take(line)
  }
}
