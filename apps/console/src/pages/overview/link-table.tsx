import { Status } from '../../components/status.js';
import { Table, type Column } from '../../components/table.js';
import { Time } from '../../components/value.js';
import { datacenter, formatBytes, formatSeconds } from '../../format.js';
import { known, SKEW_SECONDS, type Overview, type PeerLink } from '../../live/snapshot.js';
import { findLink, linkState } from './datacenter-map.js';

interface Direction {
  readonly from: number;
  readonly to: number;
  /** What the receiver says. */
  readonly receiving: PeerLink | undefined;
  /** What the sender says. */
  readonly sending: PeerLink | undefined;
}

function directionsOf(overview: Overview): Direction[] {
  const nodes = overview.nodes.map(({ node }) => node);
  return nodes.flatMap((from) =>
    nodes
      .filter((to) => to !== from)
      .map((to) => ({
        from,
        to,
        receiving: findLink(overview, from, to),
        sending: known(
          overview.nodes.find(({ node }) => node === from)?.snapshot?.links,
        )?.peers.find(({ node }) => node === to),
      })),
  );
}

const bytes = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : formatBytes(value);

const columns: readonly Column<Direction>[] = [
  {
    title: 'Link',
    cell: ({ from, to }) => (
      <strong>
        {datacenter(from)} → {datacenter(to)}
      </strong>
    ),
  },
  {
    title: 'Replication',
    cell: ({ receiving }) => {
      const tone = linkState(receiving);
      return <Status tone={tone}>{receiving?.arriving.subscription ?? 'not known'}</Status>;
    },
  },
  {
    title: 'Delay',
    isNumber: true,
    cell: ({ receiving }) => {
      const delay = receiving?.arriving.delaySeconds ?? undefined;
      return delay === undefined ? '–' : formatSeconds(delay);
    },
  },
  {
    title: 'Unconfirmed',
    isNumber: true,
    cell: ({ sending }) => bytes(sending?.sending.unconfirmedBytes),
  },
  {
    title: 'WAL kept',
    isNumber: true,
    cell: ({ sending }) => {
      const max = sending?.sending.walBytesMax ?? null;
      const kept = bytes(sending?.sending.walBytes);
      return max === null ? kept : `${kept} of ${formatBytes(max)}`;
    },
  },
  {
    title: 'Last heartbeat',
    cell: ({ receiving }) => <Time at={receiving?.arriving.heartbeatAt} />,
  },
  {
    title: 'Clock of the sender',
    cell: ({ receiving }) => {
      const clock = receiving?.clock ?? undefined;
      if (clock === undefined) return '–';
      const { aheadSeconds, errorSeconds } = clock;
      // In tenths, both of them.
      const certainSeconds = Math.abs(aheadSeconds) - errorSeconds;
      if (certainSeconds <= 0.1) return <Status tone="good">agrees</Status>;
      const tone = certainSeconds > SKEW_SECONDS ? 'warn' : 'good';
      const amount = formatSeconds(Math.abs(aheadSeconds));
      return <Status tone={tone}>{`${amount} ${aheadSeconds > 0 ? 'ahead' : 'behind'}`}</Status>;
    },
  },
  {
    title: 'Calls for drains',
    cell: ({ sending }) => {
      if (sending === undefined) return <Status tone="quiet">not known</Status>;
      const { breaker, failures } = sending;
      if (breaker === 'closed') return <Status tone="good">reach it</Status>;
      const word = breaker === 'open' ? 'spared' : 'trying again';
      return (
        <Status tone={breaker === 'open' ? 'bad' : 'warn'}>{`${word}, ${failures} failed`}</Status>
      );
    },
  },
];

export function LinkTable({ overview }: { readonly overview: Overview }) {
  return (
    <Table
      caption="Links between datacenters"
      columns={columns}
      rows={directionsOf(overview)}
      keyOf={({ from, to }) => `${from}-${to}`}
    />
  );
}
