import { Badge } from './components/badge.js';
import { Icon } from './components/icon.js';
import { formatCount } from './format.js';
import { useOverview } from './live/use-overview.js';
import styles from './navigation.module.css';
import { Link } from './router.js';
import { routes, type Entry } from './routes.js';

/** The pages that are gone to from everywhere, with what waits there. */
export function Navigation({ section }: { readonly section: string | undefined }) {
  return (
    <nav aria-label="Console" className={styles.nav}>
      <ul>
        {routes.map(
          ({ path, entry }) =>
            entry && (
              <li key={path}>
                <Link to={path} aria-current={path === section ? 'page' : undefined}>
                  <Icon name={entry.icon} size={18} />
                  <span>{entry.label}</span>
                  <Waiting entry={entry} />
                </Link>
              </li>
            ),
        )}
      </ul>
    </nav>
  );
}

/** What waits for a person at any datacenter. */
function Waiting({ entry: { waiting, isGrave } }: { readonly entry: Entry }) {
  const { overview } = useOverview();
  if (waiting === undefined) return null;
  const snapshots = overview?.nodes.flatMap(({ snapshot }) => snapshot ?? []) ?? [];
  const count = snapshots.reduce((sum, snapshot) => sum + waiting(snapshot), 0);
  if (count === 0) return null;
  return (
    <Badge
      count={count}
      what="open"
      tone={isGrave ? 'bad' : 'warn'}
      title={`${formatCount(count)} open at all datacenters`}
    />
  );
}
