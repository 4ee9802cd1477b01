import type { EChartsCoreOption } from 'echarts/core'
import { tooltipOf } from '@/shared/tooltip'

interface Names {
  attempts: string
  answered: string
  unit: string
}

/** Calls by hour: all of them behind, the answered ones in front. */
export function hourChart(hours: readonly { hour: number; attempts: number; answered: number }[], names: Names) {
  const option: EChartsCoreOption = {
    grid: { left: 8, right: 8, top: 34, bottom: 4, containLabel: true },
    legend: { top: 0, right: 0, itemWidth: 12, itemHeight: 12 },
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      formatter: (items: { dataIndex: number }[]) => tooltipOf(linesOf(hours[items[0]?.dataIndex ?? -1], names)),
    },
    xAxis: { type: 'category', data: hours.map((one) => `${one.hour}:00`) },
    yAxis: { type: 'value', name: names.unit, minInterval: 1, max: hours.every((one) => one.attempts === 0) ? 5 : undefined },
    series: [
      { type: 'bar', name: names.attempts, data: hours.map((one) => one.attempts), barGap: '-100%', barMaxWidth: 34, itemStyle: { opacity: 0.35, borderRadius: [3, 3, 0, 0] } },
      { type: 'bar', name: names.answered, data: hours.map((one) => one.answered), barMaxWidth: 34, itemStyle: { borderRadius: [3, 3, 0, 0] } },
    ],
  }
  return { option, rows: hours.map((one) => [`${one.hour}:00`, one.attempts, one.answered]) }
}

function linesOf(one: { hour: number; attempts: number; answered: number } | undefined, names: Names): string[] {
  if (one === undefined) return []
  return [`${one.hour}:00`, `${names.attempts} ${one.attempts}`, `${names.answered} ${one.answered}`]
}
