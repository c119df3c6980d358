import { useEffect } from 'react';
import { LiveProvider } from './live/use-overview.js';
import { LoginPage } from './pages/login/login.page.js';
import { usePlace } from './router.js';
import { arrive } from './routes.js';
import { logOut, useSession, type Session } from './session.js';
import { Shell } from './shell.js';

export function App() {
  const { session, notice } = useSession();
  const place = usePlace();
  useExpiry(session);
  if (session === undefined) return <LoginPage notice={notice} />;
  const { section, page } = arrive(place);
  return (
    <LiveProvider key={session.token}>
      <Shell session={session} section={section}>
        {page}
      </Shell>
    </LiveProvider>
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
