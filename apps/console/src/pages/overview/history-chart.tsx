import { useId } from 'react';
import { useJson } from '../../api.js';
import textStyles from '../../components/text.module.css';
import { datacenter, formatRate, formatSeconds, formatTime } from '../../format.js';
import styles from './history-chart.module.css';
import { LineChart, LineSample, type Series } from './line-chart.js';

interface HistoryAnswer {
  readonly series: readonly {
    readonly node: number;
    readonly fault: string | null;
    readonly since?: string;
    readonly points?: readonly (readonly [number, number | null])[];
  }[];
}

interface HistoryChartProps {
  readonly metric: string;
  readonly title: string;
  readonly unit: 's' | '/s';
}

const EVERY_MS = 5_000;

/** The last hour of one figure, a line each datacenter. */
export function HistoryChart({ metric, title, unit }: HistoryChartProps) {
  const id = useId();
  const { data, problem } = useJson<HistoryAnswer>(
    `/v1/operations/history?metric=${metric}`,
    EVERY_MS,
  );
  const series: Series[] = (data?.series ?? []).map(({ node, points }) => ({
    node,
    points: points ?? [],
  }));
  const since = data?.series
    .flatMap((one) => (one.since === undefined ? [] : [Date.parse(one.since)]))
    .sort((a, b) => a - b)[0];
  const format = (value: number): string =>
    unit === 's' ? formatSeconds(value) : `${formatRate(value)} /s`;
  return (
    <figure className={styles.chart} aria-labelledby={id}>
      <figcaption id={id}>
        <span className={styles.title}>{title}</span>
        <Legend series={series} format={format} />
      </figcaption>
      {data === undefined ? (
        <div className={styles.empty}>{problem?.message ?? 'Reading …'}</div>
      ) : (
        <LineChart label={title} series={series} format={format} sinceMs={since} />
      )}
      {since !== undefined && Date.now() - since < 3_600_000 && (
        <p className={textStyles.small}>
          since {formatTime(new Date(since))}, when a gateway started
        </p>
      )}
    </figure>
  );
}

interface LegendProps {
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
}

function Legend({ series, format }: LegendProps) {
  return (
    <ul className={styles.legend}>
      {series.map(({ node, points }, index) => {
        const last = points.at(-1)?.[1] ?? undefined;
        return (
          <li key={node}>
            <LineSample index={index} />
            {datacenter(node)} <strong>{last === undefined ? '–' : format(last)}</strong>
          </li>
        );
      })}
    </ul>
  );
}
