import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from '../../../components/button.tsx'
import { Tabs } from '../../../components/tabs.tsx'
import type { RunChartProps } from './chart-parts.tsx'
import { ParallelChart } from './parallel-chart.tsx'
import styles from './runs-charts.module.css'
import { ScatterChart } from './scatter-chart.tsx'

export type RunChart = 'scatter' | 'parallel'

type RunsChartsProps = RunChartProps & {
  readonly chart: RunChart
  readonly onChart: (chart: RunChart | null) => void
}

/** Charts of the runs that match the filter, under their table; the selected ones are the same in both. */
export function RunsCharts({ chart, onChart, ...rest }: RunsChartsProps) {
  const put = (content: ReactNode) => <div className={styles.charts}>{content}</div>
  return (
    <Tabs
      label="Charts"
      selected={chart}
      onSelect={(next) => onChart(next as RunChart)}
      tools={<IconButton icon={X} label="Close the charts" onClick={() => onChart(null)} />}
      tabs={[
        { id: 'scatter', title: 'Scatter', content: put(<ScatterChart {...rest} />) },
        { id: 'parallel', title: 'Parallel coordinates', content: put(<ParallelChart {...rest} />) },
      ]}
    />
  )
}
