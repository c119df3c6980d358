import { Badge } from '../components/badge.js';
import type { NodeAnswer, NodeSnapshot } from '../live/snapshot.js';
import { useOverview } from '../live/use-overview.js';
import { Link } from '../router.js';
import { linkAt } from '../datacenter.js';
import { DatacenterName } from './datacenter-name.js';
import styles from './datacenter-switch.module.css';
import { useDatacenter } from './use-datacenter.js';

interface DatacenterSwitchProps {
  /** What is counted, in a word. */
  readonly what: string;
  readonly count: (snapshot: NodeSnapshot) => number | undefined;
  /** Any one of them is too many. */
  readonly isGrave?: boolean;
  /** The page of which every datacenter has its own. */
  readonly to: string;
}

/** Whose page this is, and how many wait at each of them. */
export function DatacenterSwitch({ what, count, isGrave, to }: DatacenterSwitchProps) {
  const { overview } = useOverview();
  const { node: chosen } = useDatacenter();
  if (overview === undefined) return <div className={styles.switch} />;
  return (
    <nav className={styles.switch} aria-label="Datacenter">
      <ul>
        {overview.nodes.map((answer) => {
          const { node } = answer;
          const isOwn = node === overview.node;
          return (
            <li key={node}>
              <Link
                to={linkAt(isOwn ? undefined : node, to)}
                aria-current={node === chosen ? 'true' : undefined}
              >
                <span>
                  <DatacenterName node={node} isOwn={isOwn} />
                </span>
                <Count answer={answer} what={what} count={count} isGrave={isGrave === true} />
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

interface CountProps extends Pick<DatacenterSwitchProps, 'what' | 'count'> {
  readonly answer: NodeAnswer;
  readonly isGrave: boolean;
}

function Count({ answer: { snapshot }, what, count, isGrave }: CountProps) {
  if (snapshot === null) return <span className={styles.silent}>no answer</span>;
  const value = count(snapshot);
  if (value === undefined) return <span className={styles.silent}>not known</span>;
  return (
    <Badge count={value} what={what} tone={value === 0 ? 'quiet' : isGrave ? 'bad' : 'warn'} />
  );
}
