import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { datacenter, formatClock } from '../../format.js';
import { niceMax, piecesOf } from './chart-scale.js';
import styles from './line-chart.module.css';

export type ChartPoint = readonly [number, number | null];

export interface Series {
  readonly node: number;
  readonly points: readonly ChartPoint[];
}

interface LineChartProps {
  readonly label: string;
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  readonly sinceMs: number | undefined;
}

const HEIGHT = 92;
const LEFT = 44;
const BOTTOM = 18;
const TOP = 6;
const HOUR_MS = 3_600_000;
const SPAN_MIN_MS = 300_000;
const STEP_MS = 10_000;
/** How many lines can be told from each other without their colour. */
const LOOKS = 3;

/** Lines over time, drawn by hand: three of them need no library. Arrow keys move the reading. */
export function LineChart({ label, series, format, sinceMs }: LineChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [readMs, setReadMs] = useState<number>();
  useEffect(() => {
    const observer = new ResizeObserver(() => setWidth(frame.current?.clientWidth ?? 0));
    if (frame.current !== null) observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  const lastMs = Math.max(...series.map(({ points }) => points.at(-1)?.[0] ?? 0), 0);
  const spanMs = Math.min(HOUR_MS, Math.max(SPAN_MIN_MS, lastMs - (sinceMs ?? lastMs - HOUR_MS)));
  const scale = makeScale(series, width, lastMs, spanMs);
  const point = (event: PointerEvent): void => {
    const left = event.currentTarget.getBoundingClientRect().left;
    setReadMs(stepNear(scale.toMs(event.clientX - left)));
  };
  const press = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -STEP_MS, ArrowRight: STEP_MS }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    setReadMs((at) => Math.min(lastMs, Math.max(lastMs - spanMs, (at ?? lastMs) + by)));
  };
  return (
    <div
      className={styles.frame}
      ref={frame}
      role="img"
      tabIndex={0}
      aria-label={`${label} over time: ${describe(series, format, readMs)}`}
      onPointerMove={point}
      onPointerLeave={() => setReadMs(undefined)}
      onKeyDown={press}
      onBlur={() => setReadMs(undefined)}
    >
      {width > 0 && (
        <svg width={width} height={HEIGHT} aria-hidden="true">
          <Axes scale={scale} format={format} width={width} lastMs={lastMs} spanMs={spanMs} />
          {series.map(({ node, points }, index) => (
            <g key={node} className={styles.line} data-line={index % LOOKS}>
              {piecesOf(points, ([atMs, value]) => value !== null && atMs >= lastMs - spanMs).map(
                (piece) => (
                  <polyline key={piece[0]![0]} points={scale.path(piece)} />
                ),
              )}
            </g>
          ))}
          {readMs !== undefined && (
            <line
              className={styles.reading}
              x1={scale.x(readMs)}
              x2={scale.x(readMs)}
              y1={TOP}
              y2={HEIGHT - BOTTOM}
            />
          )}
        </svg>
      )}
      {readMs !== undefined && (
        <div className={styles.words}>
          {formatClock(new Date(readMs))} · {describe(series, format, readMs)}
        </div>
      )}
    </div>
  );
}

/** A piece of a line, as a key to it. */
export function LineSample({ index }: { readonly index: number }) {
  return (
    <svg width="18" height="8" aria-hidden="true" className={styles.line} data-line={index % LOOKS}>
      <line x1="0" x2="18" y1="4" y2="4" />
    </svg>
  );
}

interface Scale {
  readonly max: number;
  readonly x: (atMs: number) => number;
  readonly y: (value: number) => number;
  readonly toMs: (x: number) => number;
  readonly path: (points: readonly ChartPoint[]) => string;
}

function makeScale(
  series: readonly Series[],
  width: number,
  lastMs: number,
  spanMs: number,
): Scale {
  const room = Math.max(1, width - LEFT - 4);
  const shown = series.flatMap(({ points }) => points.filter(([atMs]) => atMs >= lastMs - spanMs));
  const max = niceMax(Math.max(0, ...shown.map(([, value]) => value ?? 0)));
  const x = (atMs: number): number => LEFT + (room * (atMs - (lastMs - spanMs))) / spanMs;
  const y = (value: number): number => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * value) / max;
  return {
    max,
    x,
    y,
    toMs: (at) => lastMs - spanMs + spanMs * (Math.min(room, Math.max(0, at - LEFT)) / room),
    path: (points) => {
      const [first, second] = [points[0], points[1]];
      // A lone value would be no line at all.
      const drawn =
        second === undefined && first ? [[first[0] - STEP_MS, first[1]] as const, first] : points;
      return drawn
        .map(([atMs, value]) => `${x(atMs).toFixed(1)},${y(value ?? 0).toFixed(1)}`)
        .join(' ');
    },
  };
}

interface AxesProps {
  readonly scale: Scale;
  readonly format: (value: number) => string;
  readonly width: number;
  readonly lastMs: number;
  readonly spanMs: number;
}

function Axes({ scale, format, width, lastMs, spanMs }: AxesProps) {
  return (
    <g className={styles.axes}>
      {[0, scale.max / 2, scale.max].map((value) => (
        <g key={value}>
          <line x1={LEFT} x2={width - 4} y1={scale.y(value)} y2={scale.y(value)} />
          {value !== scale.max / 2 && (
            <text x={LEFT - 6} y={scale.y(value)} textAnchor="end" dominantBaseline="central">
              {value === 0 ? '0' : format(value)}
            </text>
          )}
        </g>
      ))}
      <text x={LEFT} y={HEIGHT - 4}>
        {Math.round(spanMs / 60_000)} min ago
      </text>
      <text x={width - 4} y={HEIGHT - 4} textAnchor="end">
        {lastMs === 0 ? '' : 'now'}
      </text>
    </g>
  );
}

function stepNear(atMs: number): number {
  return Math.round(atMs / STEP_MS) * STEP_MS;
}

function describe(
  series: readonly Series[],
  format: (value: number) => string,
  atMs: number | undefined,
): string {
  const texts = series.map(({ node, points }) => {
    const found = atMs === undefined ? points.at(-1) : points.find(([ms]) => ms === atMs);
    const value = found?.[1] ?? null;
    return `${datacenter(node)} ${value === null ? 'not known' : format(value)}`;
  });
  return texts.join(', ');
}
