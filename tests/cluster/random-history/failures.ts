import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, MemberKind } from '@billing/cluster';
import type { NodeLinks } from '@billing/testing';

const brokenMs = [300, 3_000] as const;
const wholeMs = [300, 2_000] as const;

interface Failure {
  readonly name: string;
  readonly begin: () => Promise<void> | void;
  readonly end: () => Promise<void> | void;
}

const between = ([min, max]: readonly [number, number]): number =>
  min + Math.random() * (max - min);
const pick = <T>(values: readonly T[]): T => values[Math.floor(Math.random() * values.length)]!;

/** Members that die and freeze, links that break, one after the other, each for a while. */
export class Failures {
  readonly counts: Record<string, number> = {};
  /** Until what is broken now is whole again. */
  private broken: Promise<void> = Promise.resolve();
  private readonly works = new Set<Promise<unknown>>();
  private isOver = false;
  private readonly running: Promise<void>;

  constructor(
    private readonly cluster: Cluster,
    private readonly links: NodeLinks,
  ) {
    this.running = this.run();
  }

  /** All is whole again then. */
  async stop(): Promise<void> {
    this.isOver = true;
    await this.running;
  }

  /** Rejects when something could not be done to a member, such as to one that has ended by itself. */
  get failure(): Promise<void> {
    return this.running;
  }

  /** Waits until all is whole, and keeps it so while the work lasts. */
  async whileWhole<T>(work: () => Promise<T>): Promise<T> {
    const done = this.broken.then(work);
    this.works.add(done);
    try {
      return await done;
    } finally {
      this.works.delete(done);
    }
  }

  private async run(): Promise<void> {
    while (!this.isOver) {
      await sleep(between(wholeMs));
      while (this.works.size > 0) await Promise.allSettled(this.works);
      this.broken = this.breakOne();
      await this.broken;
    }
  }

  private async breakOne(): Promise<void> {
    const { name, begin, end } = this.choose();
    this.counts[name] = (this.counts[name] ?? 0) + 1;
    await begin();
    await sleep(between(brokenMs));
    await end();
  }

  private choose(): Failure {
    const { cluster, links } = this;
    const from = pick(cluster.nodeIds);
    const to = pick(cluster.nodeIds.filter((nodeId) => nodeId !== from));
    const restore = (): Promise<void> => links.restore();
    const killed = (kind: MemberKind): Failure => ({
      name: `${kind} killed`,
      begin: async () => {
        // One that has ended by itself: to kill it would be nothing, and whoever wants to freeze it is told how it ended.
        if (cluster.memberStatus(kind, from).state !== 'running') {
          await cluster.pauseMember(kind, from);
        }
        await cluster.killMember(kind, from);
      },
      end: () => cluster.startMember(kind, from),
    });
    const paused = (kind: MemberKind): Failure => ({
      name: `${kind} paused`,
      begin: () => cluster.pauseMember(kind, from),
      end: () => cluster.resumeMember(kind, from),
    });
    return pick<Failure>([
      killed('postgres'),
      killed('coordinator'),
      killed('ledger-worker'),
      paused('postgres'),
      paused('coordinator'),
      { name: 'link cut', begin: () => links.link(from, to).cut(), end: restore },
      { name: 'link frozen', begin: () => links.link(from, to).freeze(), end: restore },
      {
        name: 'answers frozen',
        begin: () => links.link(from, to).freeze('toClient'),
        end: restore,
      },
      {
        name: 'datacenter cut off',
        begin: async () => {
          await Promise.all(links.linksOf(from).map((link) => link.cut()));
        },
        end: restore,
      },
    ]);
  }
}
