/** A tooltip of lines of text. Use as `tooltip: { formatter: (params) => tooltipOf([…]) }`. */
export function tooltipOf(lines: readonly string[]): HTMLElement {
  const element = document.createElement('div')
  for (const line of lines) element.append(Object.assign(document.createElement('div'), { textContent: line }))
  return element
}
