import { useId } from 'react';
import { useJson } from '../../api.js';
import { datacenter, formatRate, formatSeconds, formatTime } from '../../format.js';
import { LineChart, type Series } from './line-chart.js';

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
    <figure className="chart" aria-labelledby={id}>
      <figcaption id={id}>
        <span className="chart-title">{title}</span>
        <Legend series={series} format={format} />
      </figcaption>
      {data === undefined ? (
        <div className="chart-empty">{problem?.message ?? 'Reading …'}</div>
      ) : (
        <LineChart label={title} series={series} format={format} sinceMs={since} />
      )}
      {since !== undefined && Date.now() - since < 3_600_000 && (
        <p className="chart-note">since {formatTime(new Date(since))}, when a gateway started</p>
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
    <ul className="legend">
      {series.map(({ node, points }, index) => {
        const last = points.at(-1)?.[1] ?? undefined;
        return (
          <li key={node}>
            <svg width="18" height="8" aria-hidden="true" className={`line line-${index % 3}`}>
              <line x1="0" x2="18" y1="4" y2="4" />
            </svg>
            {datacenter(node)} <strong>{last === undefined ? '–' : format(last)}</strong>
          </li>
        );
      })}
    </ul>
  );
}
