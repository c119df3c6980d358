import type { ReactNode } from 'react';
import { Icon, type IconName } from './components/icon.js';
import { ThemeSwitch } from './components/theme-switch.js';
import { datacenter, formatCount, formatSeconds } from './format.js';
import { drainsInDoubt, known, type NodeSnapshot } from './live/snapshot.js';
import { useNow, useOverview } from './live/use-overview.js';
import { Link } from './router.js';
import { logOut, type Session } from './session.js';

interface Section {
  readonly path: string;
  readonly label: string;
  readonly icon: IconName;
}

const sections: readonly Section[] = [
  { path: '', label: 'Overview', icon: 'overview' },
  { path: 'accounts', label: 'Accounts', icon: 'account' },
  { path: 'pay-ins', label: 'Pay-ins', icon: 'payIn' },
  { path: 'dead-letters', label: 'Dead letters', icon: 'letter' },
  { path: 'drains', label: 'Drains', icon: 'drain' },
  { path: 'audit', label: 'Audit', icon: 'audit' },
];

interface ShellProps {
  readonly session: Session;
  readonly path: string;
  readonly children: ReactNode;
}

export function Shell({ session, path, children }: ShellProps) {
  return (
    <div className="shell">
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <header className="side">
        <div className="side-inner">
          <div className="brand">
            <Icon name="overview" size={20} />
            <span>Billing console</span>
          </div>
          <Navigation path={path} />
          <div className="side-foot">
            <Freshness />
            <div className="who">
              <span title={expiry(session)}>{session.client}</span>
              <ThemeSwitch />
              <button
                type="button"
                className="icon-button"
                aria-label="Sign out"
                title="Sign out"
                onClick={() => logOut()}
              >
                <Icon name="leave" />
              </button>
            </div>
          </div>
        </div>
      </header>
      <main id="content" className="content" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function expiry({ expiresAt }: Session): string {
  return expiresAt === undefined ? 'signed in' : `Token until ${expiresAt.toLocaleString()}`;
}

function Navigation({ path }: { readonly path: string }) {
  const waiting = useWaiting();
  return (
    <nav aria-label="Console" className="nav">
      <ul>
        {sections.map((section) => {
          const isHere = isWithin(path, section.path);
          const count = waiting[section.path] ?? 0;
          return (
            <li key={section.path}>
              <Link to={section.path} aria-current={isHere ? 'page' : undefined}>
                <Icon name={section.icon} size={18} />
                <span>{section.label}</span>
                {count > 0 && (
                  <span
                    className={section.path === 'audit' ? 'badge badge-bad' : 'badge'}
                    title={`${formatCount(count)} open at all datacenters`}
                  >
                    {formatCount(count)}
                    <span className="hidden"> open</span>
                  </span>
                )}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function isWithin(path: string, section: string): boolean {
  if (path === 'parked') return section === 'dead-letters';
  // Pay-outs are gone to from their account.
  if (path.startsWith('pay-outs/')) return section === 'accounts';
  return path === section || (section !== '' && path.startsWith(`${section}/`));
}

/** What waits for a person at any datacenter, by section. */
function useWaiting(): Readonly<Record<string, number>> {
  const { overview } = useOverview();
  const snapshots = overview?.nodes.flatMap(({ snapshot }) => snapshot ?? []) ?? [];
  const total = (count: (snapshot: NodeSnapshot) => number): number =>
    snapshots.reduce((sum, snapshot) => sum + count(snapshot), 0);
  return {
    'dead-letters': total(({ deadLetters }) => known(deadLetters)?.open ?? 0),
    drains: total((snapshot) => drainsInDoubt(snapshot).count),
    audit: total(({ audit }) => known(audit)?.open ?? 0),
  };
}

const SILENT_AFTER_MS = 8_000;

/** Whether what is shown is of now. */
function Freshness() {
  const { overview, heardAtMs, problem } = useOverview();
  const nowMs = useNow();
  if (heardAtMs === undefined) {
    return (
      <p className="freshness" role="status">
        <span className="dot dot-wait" aria-hidden="true" />
        {problem === undefined ? 'Connecting …' : problem.message}
      </p>
    );
  }
  const silentMs = nowMs - heardAtMs;
  const isSilent = silentMs > SILENT_AFTER_MS;
  return (
    <p className="freshness" role="status">
      <span className={`dot ${isSilent ? 'dot-wait' : 'dot-live'}`} aria-hidden="true" />
      {isSilent
        ? `No news for ${formatSeconds(Math.round(silentMs / 1_000))}`
        : `Live from ${datacenter(overview?.node ?? 0)}`}
    </p>
  );
}
