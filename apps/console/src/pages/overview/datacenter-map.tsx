import { useEffect, useRef, useState } from 'react';
import { Status, type Tone } from '../../components/status.js';
import { DatacenterName } from '../../datacenters/datacenter-name.js';
import { datacenter, formatCount, formatRate, formatSeconds } from '../../format.js';
import { known, type NodeAnswer, type Overview, type PeerLink } from '../../live/snapshot.js';
import { BEHIND_SECONDS, LATE_SECONDS } from '../../live/verdict.js';
import styles from './datacenter-map.module.css';
import { placeLinks, placeNodes, type LinkLine, type Point, type Size } from './map-geometry.js';

const NARROW = 440;

/** The datacenters and what flows between them. Decoration beside the tables, which say it in words. */
export function DatacenterMap({ overview }: { readonly overview: Overview }) {
  const [frame, width] = useWidth();
  const isNarrow = width < NARROW;
  const card = isNarrow ? { width: 126, height: 104 } : { width: 190, height: 112 };
  const area = { width, height: isNarrow ? 360 : 372 };
  const places = placeNodes(
    overview.nodes.map(({ node }) => node),
    area,
    card,
  );
  return (
    <div
      className={styles.map}
      data-narrow={isNarrow || undefined}
      ref={frame}
      style={{ height: area.height }}
    >
      {width > 0 && (
        <>
          <svg className={styles.links} width={area.width} height={area.height} aria-hidden="true">
            {placeLinks(places, card).map((line) => (
              <LinkArrow key={`${line.from}-${line.to}`} line={line} overview={overview} />
            ))}
          </svg>
          {overview.nodes.map((answer) => (
            <NodeCard
              key={answer.node}
              answer={answer}
              isOwn={answer.node === overview.node}
              place={places.get(answer.node)!}
              size={card}
            />
          ))}
        </>
      )}
    </div>
  );
}

function useWidth(): [React.RefObject<HTMLDivElement | null>, number] {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [frame, width];
}

/** What the receiver says of what arrives from the sender. */
export function findLink(overview: Overview, from: number, to: number): PeerLink | undefined {
  const receiver = overview.nodes.find(({ node }) => node === to)?.snapshot;
  return known(receiver?.links)?.peers.find(({ node }) => node === from);
}

type LinkState = 'good' | 'warn' | 'bad' | 'quiet';

export function linkState(link: PeerLink | undefined): LinkState {
  if (link === undefined) return 'quiet';
  if (link.arriving.subscription !== 'replicating') return 'bad';
  const { delaySeconds } = link.arriving;
  return delaySeconds === null || delaySeconds > LATE_SECONDS ? 'warn' : 'good';
}

function LinkArrow({ line, overview }: { readonly line: LinkLine; readonly overview: Overview }) {
  const link = findLink(overview, line.from, line.to);
  const state = linkState(link);
  const delay = link?.arriving.delaySeconds ?? undefined;
  const text =
    state === 'quiet' ? 'not known' : state === 'bad' ? link!.arriving.subscription : undefined;
  const { start, end, label } = line;
  const angle = (Math.atan2(end.y - start.y, end.x - start.x) * 180) / Math.PI;
  return (
    <g className={styles.link} data-state={state}>
      <line x1={start.x} y1={start.y} x2={end.x} y2={end.y} />
      <path
        className={styles.head}
        d="M-8-4 0 0-8 4"
        transform={`translate(${end.x} ${end.y}) rotate(${angle})`}
      />
      <text x={label.x} y={label.y} textAnchor="middle" dominantBaseline="central">
        {text ?? (delay === undefined ? '–' : formatSeconds(delay))}
      </text>
    </g>
  );
}

interface NodeCardProps {
  readonly answer: NodeAnswer;
  readonly isOwn: boolean;
  readonly place: Point;
  readonly size: Size;
}

function NodeCard({ answer, isOwn, place, size }: NodeCardProps) {
  const { node, snapshot } = answer;
  const lag = known(snapshot?.lag);
  const { tone, word } = healthOf(answer);
  return (
    <article
      className={styles.node}
      data-tone={tone}
      aria-label={datacenter(node)}
      data-node={node}
      style={{
        left: place.x - size.width / 2,
        top: place.y - size.height / 2,
        width: size.width,
        height: size.height,
      }}
    >
      <header>
        <h3>
          <DatacenterName node={node} isOwn={isOwn} />
        </h3>
        <Status tone={tone}>{word}</Status>
      </header>
      <p className={styles.lag}>
        <strong>{lag === undefined ? '–' : formatSeconds(lag.oldestSeconds)}</strong> lag
      </p>
      <p className={styles.more}>
        {lag === undefined ? 'lag not known' : `${formatCount(lag.messages)} wait`}
        {' · '}
        {formatRate(snapshot?.rates.applied ?? null)}/s
      </p>
    </article>
  );
}

/** The one word for a datacenter. */
export function healthOf({ snapshot }: NodeAnswer): { readonly tone: Tone; readonly word: string } {
  if (snapshot === null) return { tone: 'bad', word: 'no answer' };
  if ((known(snapshot.audit)?.open ?? 0) > 0) return { tone: 'bad', word: 'fault' };
  const lag = known(snapshot.lag);
  if (lag === undefined) return { tone: 'bad', word: 'unknown' };
  if (lag.halted > 0) return { tone: 'bad', word: 'halted' };
  if (Object.keys(snapshot.faults).length > 0) return { tone: 'bad', word: 'impaired' };
  if (lag.oldestSeconds > BEHIND_SECONDS) {
    const isFar = lag.oldestSeconds > 6 * BEHIND_SECONDS;
    return { tone: isFar ? 'bad' : 'warn', word: 'behind' };
  }
  return { tone: 'good', word: 'flows' };
}
