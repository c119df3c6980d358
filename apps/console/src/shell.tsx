import type { ReactNode } from 'react';
import { IconButton } from './components/button.js';
import { Icon } from './components/icon.js';
import { ThemeSwitch } from './components/theme-switch.js';
import { datacenter, formatSeconds } from './format.js';
import { useNow, useOverview } from './live/use-overview.js';
import { Navigation } from './navigation.js';
import { logOut, type Session } from './session.js';
import styles from './shell.module.css';

interface ShellProps {
  readonly session: Session;
  /** The entry of the navigation that the page belongs to. */
  readonly section: string | undefined;
  readonly children: ReactNode;
}

export function Shell({ session, section, children }: ShellProps) {
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#content">
        Skip to the content
      </a>
      <header className={styles.side}>
        <div className={styles.inner}>
          <div className={styles.brand}>
            <Icon name="overview" size={20} />
            <span>Billing console</span>
          </div>
          <Navigation section={section} />
          <div className={styles.foot}>
            <Freshness />
            <div className={styles.who}>
              <span title={expiry(session)}>{session.client}</span>
              <ThemeSwitch />
              <IconButton icon="leave" label="Sign out" title="Sign out" onClick={() => logOut()} />
            </div>
          </div>
        </div>
      </header>
      <main id="content" className={styles.content} tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function expiry({ expiresAt }: Session): string {
  return expiresAt === undefined ? 'signed in' : `Token until ${expiresAt.toLocaleString()}`;
}

const SILENT_AFTER_MS = 8_000;

/** Whether what is shown is of now. */
function Freshness() {
  const { overview, heardAtMs, problem } = useOverview();
  const nowMs = useNow();
  if (heardAtMs === undefined) {
    return (
      <p className={styles.freshness} role="status">
        <span className={styles.dot} aria-hidden="true" />
        {problem === undefined ? 'Connecting …' : problem.message}
      </p>
    );
  }
  const silentMs = nowMs - heardAtMs;
  const isSilent = silentMs > SILENT_AFTER_MS;
  return (
    <p className={styles.freshness} role="status">
      <span className={styles.dot} data-live={!isSilent || undefined} aria-hidden="true" />
      {isSilent
        ? `No news for ${formatSeconds(Math.round(silentMs / 1_000))}`
        : `Live from ${datacenter(overview?.node ?? 0)}`}
    </p>
  );
}
