import { useEffect } from 'react';
import { Page } from './components/page.js';
import { LiveProvider } from './live/use-overview.js';
import { AccountPage } from './pages/accounts/account.page.js';
import { AccountsPage } from './pages/accounts/accounts.page.js';
import { AuditPage } from './pages/audit/audit.page.js';
import { DeadLettersPage } from './pages/dead-letters/dead-letters.page.js';
import { LetterPage } from './pages/dead-letters/letter.page.js';
import { ParkedPage } from './pages/dead-letters/parked.page.js';
import { DrainsPage } from './pages/drains/drains.page.js';
import { OverviewPage } from './pages/overview/overview.page.js';
import { PayOutPage } from './pages/pay-outs/pay-out.page.js';
import { PayInsPage } from './pages/pay-ins/pay-ins.page.js';
import { Link, usePlace, type Place } from './router.js';
import { LoginPage } from './pages/login/login.page.js';
import { logOut, useSession, type Session } from './session.js';
import { Shell } from './shell.js';

export function App() {
  const { session, notice } = useSession();
  const place = usePlace();
  useExpiry(session);
  if (session === undefined) return <LoginPage notice={notice} />;
  return (
    <LiveProvider key={session.token}>
      <Shell session={session} path={place.path}>
        <CurrentPage place={place} />
      </Shell>
    </LiveProvider>
  );
}

function CurrentPage({ place: { path, query } }: { readonly place: Place }) {
  const [section = '', ...rest] = path.split('/').map(decodeURIComponent);
  if (section === '') return <OverviewPage />;
  if (section === 'accounts' && rest[0] !== undefined)
    return <AccountPage key={path} id={rest[0]} />;
  if (section === 'accounts') return <AccountsPage username={query.get('username') ?? ''} />;
  if (section === 'pay-ins') {
    return (
      <PayInsPage commandId={query.get('commandId') ?? ''} receipt={query.get('receipt') ?? ''} />
    );
  }
  if (section === 'dead-letters' && rest.length === 3)
    return <LetterPage key={`${path}?${query.get('node')}`} id={rest.join('/')} />;
  if (section === 'dead-letters' && rest.length === 0) return <DeadLettersPage query={query} />;
  if (section === 'parked') return <ParkedPage key={query.get('node')} />;
  if (section === 'pay-outs' && rest[0] !== undefined)
    return <PayOutPage key={path} id={rest[0]} />;
  if (section === 'drains') return <DrainsPage />;
  if (section === 'audit') return <AuditPage />;
  return (
    <Page title="No such page" lead="The address leads nowhere.">
      <Link to="">To the overview</Link>
    </Page>
  );
}

const TIMER_MAX_MS = 2 ** 31 - 1;

/** Says so when the token ends, rather than let every call be refused. */
function useExpiry(session: Session | undefined): void {
  useEffect(() => {
    if (session?.expiresAt === undefined) return undefined;
    const leftMs = session.expiresAt.getTime() - Date.now();
    const timer = setTimeout(
      () => leftMs <= TIMER_MAX_MS && logOut('The token has expired.'),
      Math.min(Math.max(0, leftMs), TIMER_MAX_MS),
    );
    return () => clearTimeout(timer);
  }, [session]);
}
