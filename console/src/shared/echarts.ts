import { BarChart, HeatmapChart, LineChart, PieChart } from 'echarts/charts'
import {
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
} from 'echarts/components'
import * as echarts from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'

// Only what pages draw; the rest stays out of the bundle.
echarts.use([
  BarChart,
  LineChart,
  PieChart,
  HeatmapChart,
  GridComponent,
  TooltipComponent,
  LegendComponent,
  VisualMapComponent,
  MarkLineComponent,
  DataZoomComponent,
  CanvasRenderer,
])

export { tooltipOf } from './tooltip'

export { echarts }

/** The theme in use, read from the page's own colours. */
export function themeFromTokens(): object {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string) => style.getPropertyValue(name).trim()
  const axis = {
    axisLine: { lineStyle: { color: token('--line-2') } },
    axisTick: { show: false },
    axisLabel: { color: token('--ink-3') },
    splitLine: { lineStyle: { color: token('--line') } },
  }
  return {
    color: [1, 2, 3, 4, 5, 6].map((number) => token(`--chart-${number}`)),
    textStyle: { fontFamily: token('--font'), color: token('--ink-2') },
    legend: { textStyle: { color: token('--ink-2') } },
    tooltip: {
      backgroundColor: token('--surface'),
      borderColor: token('--line'),
      textStyle: { color: token('--ink'), fontSize: 13 },
    },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: axis,
    timeAxis: axis,
    visualMap: { textStyle: { color: token('--ink-2') } },
  }
}
